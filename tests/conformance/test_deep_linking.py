"""D1 to D3: deep linking (Deep Linking 2.0), and the guide's section 6.2."""

import json
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campus import deep_linking
from campus import vocabulary as lti
from campus.records import Person
from campus.tokens import REMOVED
from models import AuditEntry, LaunchSession, ResourceLink
from tests.conformance.stage import Stage, bearer_of
from tests.factories import a_context, a_member
from tests.support.clock import NOW, Clock
from tests.support.launches import PICKING, Caller, a_caller
from tests.support.markup import text_of
from tests.support.visitor import Page

pytestmark = pytest.mark.conformance

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = f"{DL}deep_linking_settings"
ITEMS, DATA = f"{DL}content_items", f"{DL}data"
PANEL = {"panel": "overview", "title": "Your progress"}


def settings(stage: Stage, **changes: object) -> dict[str, object]:
    """Return what a platform says of the place that takes links."""
    said = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "deep_link_return_url": f"{stage.registered.campus.base_url}/return?course=3",
        **changes,
    }
    return {name: value for name, value in said.items() if value is not REMOVED}


def ask(
    stage: Stage,
    person: Person | None = None,
    *,
    claims: Mapping[str, object] | None = None,
    **changes: Any,  # noqa: ANN401 -- whatever a platform may send
) -> TestResponse:
    """Begin to pick links, as a teacher unless somebody else is named."""
    asked: dict[str, object] = {
        lti.MESSAGE_TYPE: "LtiDeepLinkingRequest",
        lti.RESOURCE_LINK: REMOVED,
        SETTINGS: settings(stage, **changes),
        **(claims or {}),
    }
    return stage.launch(person or stage.registered.cast.iris, asked)


def answer(stage: Stage, picker: TestResponse, *items: object) -> TestResponse:
    """Send what was picked, as the picker's page does."""
    return stage.browser().post(
        "/lti/deep-linking",
        headers={"Authorization": f"Bearer {bearer_of(picker)}"},
        json={"items": list(items)},
    )


def response(stage: Stage, picker: TestResponse, *items: object) -> dict[str, Any]:
    """Return the claims of the answer, read as the platform reads them."""
    answered = answer(stage, picker, *items)
    assert (answered.status_code, answered.mimetype) == (200, "application/json")
    assert answered.json is not None
    return read(stage, str(answered.json["jwt"]))


def read(stage: Stage, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(stage.browser().get("/lti/jwks.json").json or {})
    registration = stage.registered.registration
    claims: dict[str, Any] = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]].key,
        algorithms=["RS256"],
        audience=registration.issuer,
        issuer=registration.client_id,
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


def test_6_2_send_the_request_payload(stage: Stage) -> None:
    """6.2 Send the Request Payload: the same login and proofs, and a page to pick."""
    picker = ask(stage)

    page = picker.get_data(as_text=True)
    assert (picker.status_code, stage.reasons()) == (200, [])
    assert "What should learners see here?" in page
    opened = stage.session.scalars(sa.select(LaunchSession)).one()
    assert (opened.role, opened.resource_link_id) == ("instructor", None)
    assert stage.session.scalars(sa.select(ResourceLink)).all() == []


def test_d1_the_picker_may_post_to_the_platform_alone(stage: Stage) -> None:
    """D1: `form-action` is exactly the return address's origin."""
    picker = ask(stage)

    policy = picker.headers["Content-Security-Policy"].split("; ")
    assert f"form-action {stage.registered.campus.base_url}" in policy
    page = Page("http://tool.example/", picker.get_data(as_text=True))
    (form,) = [form for form in page.forms if "JWT" in form.fields]
    assert form.action == f"{stage.registered.campus.base_url}/return?course=3"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://elsewhere.example/return", "return_url_elsewhere"),
        ("http://elsewhere.example/return", "return_url_elsewhere"),
        ("javascript:alert(1)", "return_url_elsewhere"),
        ("data:text/html,x", "return_url_elsewhere"),
        ("//elsewhere.example/return", "return_url_elsewhere"),
        ("/return", "return_url_elsewhere"),
        ("http://localhost@elsewhere.example/", "return_url_elsewhere"),
        ('"><script>alert(1)</script>', "return_url_elsewhere"),
        ("http://localhost:1/return", "return_url_elsewhere"),
        ("http://localhost\n/return", "return_url_elsewhere"),
        ("", "return_url_missing"),
        (7, "return_url_missing"),
        (REMOVED, "return_url_missing"),
        ("https://lms.example/" + "x" * 9000, "return_url_missing"),
    ],
)
def test_d1_a_return_address_elsewhere_is_refused(
    stage: Stage, url: object, reason: str
) -> None:
    """D1: only the platform's own hosts may read our signed answer."""
    refused = ask(stage, deep_link_return_url=url)

    assert (refused.status_code, stage.refusal(refused)) == (400, reason)
    assert "elsewhere.example" not in refused.get_data(as_text=True)


def test_d1_a_return_address_is_escaped(stage: Stage) -> None:
    """D1: nothing in it ends the attribute it stands in."""
    base = stage.registered.campus.base_url
    hostile = f'{base}/return?a="><script>alert(1)</script>&b=1'

    page = ask(stage, deep_link_return_url=hostile).get_data(as_text=True)

    assert "<script>alert" not in page
    assert Page("http://tool.example/", page).form_to(base).action == hostile


def test_d1_a_school_in_the_cloud_of_its_platform_is_at_home(
    canvas_stage: Stage,
) -> None:
    """A cloud's return address lies on the school's host, in no registered address."""
    registration = canvas_stage.registered.registration
    registration.auth_login_url = "https://sso.canvaslms.com/api/lti/authorize_redirect"
    canvas_stage.session.commit()

    school = "https://school.instructure.com/courses/3/deep_linking_response?data=x"
    picker = ask(canvas_stage, deep_link_return_url=school)
    other = ask(canvas_stage, deep_link_return_url="https://instructure.com.example/")

    assert (picker.status_code, other.status_code) == (200, 400)


@pytest.mark.parametrize("who", ["ada", "observer", "test_student"])
def test_d2_only_staff_may_pick(stage: Stage, who: str) -> None:
    """D2: whoever does not teach gets 403, and no session."""
    refused = ask(stage, getattr(stage.registered.cast, who))

    assert (refused.status_code, stage.refusal(refused)) == (403, "not_staff")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"accept_types": ["link", "html"]}, "accept_types"),
        ({"accept_types": "ltiResourceLink"}, "accept_types"),
        ({"accept_types": REMOVED}, "accept_types"),
        ({"accept_presentation_document_targets": []}, "document_targets"),
        ({"accept_presentation_document_targets": REMOVED}, "document_targets"),
    ],
)
def test_d3_a_place_that_takes_no_links_of_tools_is_told_so(
    stage: Stage, changes: dict[str, Any], reason: str
) -> None:
    """D3: accept_types is respected, in a sentence for the teacher."""
    refused = ask(stage, **changes)

    assert "Nothing can be added from here" in refused.get_data(as_text=True)
    assert (refused.status_code, stage.refusal(refused)) == (400, reason)


@pytest.mark.parametrize("claim", [REMOVED, None, [], "settings", 7])
def test_d3_a_request_without_settings_is_refused(stage: Stage, claim: object) -> None:
    """Deep Linking 2.0, settings: without them nothing says what is taken."""
    assert stage.refusal(ask(stage, claims={SETTINGS: claim})) == "accept_types"


def test_6_2_receive_the_response_payload(stage: Stage, clock: Clock) -> None:
    """6.2: Format Valid, Timestamps Valid, Signature Valid, Required Claims Verified."""
    claims = response(stage, ask(stage), PANEL)

    nonce, identity = claims.pop("nonce"), claims.pop("jti")
    issued = int(clock.moment.timestamp())
    assert len(nonce) == 43
    assert len(identity) == 22
    assert claims == {
        "iss": stage.registered.registration.client_id,
        "aud": stage.registered.registration.issuer,
        "iat": issued,
        "exp": issued + 300,
        lti.DEPLOYMENT_ID: stage.registered.cast.tool.deployment_ids[0],
        lti.MESSAGE_TYPE: "LtiDeepLinkingResponse",
        lti.VERSION: "1.3.0",
        f"{DL}msg": "1 link added.",
        ITEMS: [
            {
                "type": "ltiResourceLink",
                "title": "Your progress",
                "url": f"{stage.app.extensions['laurel'].public_url}/lti/launch",
                "custom": {"panel": "overview"},
                "iframe": {"width": 800, "height": 640},
            }
        ],
    }


@pytest.mark.parametrize(
    "data",
    ["CANVAS-JWT", "", "é\u0000\ud800 ", None, 7, 1.5, True, {"a": [1, None]}, []],
)
def test_d3_data_comes_back_exactly(stage: Stage, data: object) -> None:
    """D3: whatever the platform keeps in it, and of whatever type."""
    claims = response(stage, ask(stage, data=data), PANEL)

    assert json.dumps(claims[DATA]) == json.dumps(data)


def test_d3_data_that_was_not_sent_is_not_sent_back(stage: Stage) -> None:
    """Deep Linking 2.0, `data`: what was absent stays absent."""
    assert DATA not in response(stage, ask(stage), PANEL)


def test_d3_nothing_picked_is_a_cancel(stage: Stage) -> None:
    """An answer without items ends the conversation (Deep Linking 2.0, 3.6)."""
    claims = response(stage, ask(stage, data="d"))

    assert (claims[ITEMS], claims[DATA]) == ([], "d")
    assert f"{DL}msg" not in claims


def test_6_2_affirm_response(stage: Stage, served: str) -> None:
    """6.2 Affirm Response: a platform that looks at every claim takes the links."""
    answered = answer(stage, ask(stage), PANEL)
    assert answered.json is not None

    tool, campus = stage.registered.cast.tool, stage.registered.campus
    chosen = deep_linking.read(campus, tool, answered.json["jwt"])

    (item,) = chosen.items
    assert (item.title, item.custom) == ("Your progress", {"panel": "overview"})
    assert item.url == f"{served}/lti/launch"


def test_what_the_platform_says_of_the_place_is_shown(stage: Stage) -> None:
    """Deep Linking 2.0, `title`, `text` and `auto_create`: told to the teacher."""
    said = ask(stage, title="Week <b>3</b>", text="Pick \u202eone", auto_create=True)
    silent = ask(stage)

    page = text_of(said.get_data(as_text=True))
    assert "Week <b>3</b>" in unescape(page)
    assert "<b>3</b>" not in said.get_data(as_text=True)
    assert "Pick one" in page
    assert "It is in the course at once." in page
    assert "may ask you to save afterwards" in text_of(silent.get_data(as_text=True))


def test_d3_a_badge_and_a_column_for_grades(stage: Stage) -> None:
    """Deep Linking 2.0, `lineItem`: label, maximum, resource id and tag."""
    column = {"label": "Badges", "score_maximum": 20}
    named = {**column, "resource_id": "week-1", "tag": "mine"}
    claims = response(
        stage,
        ask(stage),
        {"panel": "badge", "badge": "author", "title": "Author", "line_item": column},
        {**PANEL, "line_item": named},
    )

    card, panel = claims[ITEMS]
    assert card["custom"] == {"panel": "badge", "badge": "author"}
    assert card["iframe"] == {"width": 480, "height": 420}
    assert card["lineItem"] == {
        "label": "Badges",
        "scoreMaximum": 20,
        "resourceId": "laurel-badges",
        "tag": "laurel",
    }
    assert panel["lineItem"] == {
        "label": "Badges",
        "scoreMaximum": 20,
        "resourceId": "week-1",
        "tag": "mine",
    }


def test_d3_a_column_is_called_as_its_link_where_canvas_shows_it_for_both(
    canvas_stage: Stage,
) -> None:
    """Canvas: a line item's label takes the place of the link's title."""
    item = {**PANEL, "line_item": {"label": "Badges", "score_maximum": 20}}

    (made,) = response(canvas_stage, ask(canvas_stage), item)[ITEMS]

    assert (made["title"], made["lineItem"]["label"]) == ("Your progress",) * 2


@pytest.mark.parametrize(
    ("targets", "hints"),
    [
        (["frame", "iframe", "window"], {"iframe": {"width": 800, "height": 640}}),
        (["window"], {"window": {"targetName": "_blank"}}),
        (["embed"], {}),
    ],
)
def test_d3_a_link_says_how_it_wants_to_be_shown(
    stage: Stage, targets: list[str], hints: dict[str, object]
) -> None:
    """Deep Linking 2.0, `iframe` and `window`: as the platform can show it."""
    picker = ask(stage, accept_presentation_document_targets=targets)

    (item,) = response(stage, picker, PANEL)[ITEMS]

    assert {k: item[k] for k in ("iframe", "window") if k in item} == hints


@pytest.mark.parametrize(
    ("changes", "items", "detail"),
    [
        (
            {"accept_multiple": False},
            [PANEL, PANEL],
            "items: this place in the course takes one link.",
        ),
        (
            {"accept_multiple": REMOVED},
            [PANEL, PANEL],
            "items: this place in the course takes one link.",
        ),
        (
            {"accept_lineitem": False},
            [{**PANEL, "line_item": {"label": "B", "score_maximum": 1}}],
            "line_item: this place in the course takes no columns for grades.",
        ),
        (
            {},
            [{"panel": "admin", "title": "x"}],
            (
                "items.0.panel: Value error, there are overview, badges, leaderboard, "
                "progress, dashboard, badge"
            ),
        ),
        (
            {},
            [{"panel": "badge", "badge": "nonsense", "title": "x"}],
            (
                "badge: there are first_contribution, contributor, prolific, author, "
                "regular."
            ),
        ),
        (
            {},
            [{**PANEL, "badge": "author"}],
            "badge: only the panel badge shows a single one.",
        ),
        ({}, [{"panel": "overview"}], "items.0.title: Field required"),
        (
            {},
            [{**PANEL, "line_item": {"label": "B", "score_maximum": 0}}],
            (
                "items.0.line_item.score_maximum: Input should be greater than or equal "
                "to 1"
            ),
        ),
        (
            {},
            [PANEL] * 21,
            "items: List should have at most 20 items after validation, not 21",
        ),
    ],
)
def test_d3_what_cannot_be_put_there_is_said(
    stage: Stage, changes: dict[str, Any], items: list[object], detail: str
) -> None:
    """D3: accept_multiple and the rest are respected; the refusal names what exists."""
    refused = answer(stage, ask(stage, **changes), *items)

    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert refused.json is not None
    assert refused.json["detail"] == detail


def test_d3_a_second_answer_is_harmless_and_counted(stage: Stage) -> None:
    """D3: double submit: two answers that differ in nothing but their names."""
    picker = ask(stage)

    first, second = (response(stage, picker, PANEL) for _ in range(2))

    assert first.pop("nonce") != second.pop("nonce")
    assert first.pop("jti") != second.pop("jti")
    assert first == second
    noted = [e.details for e in stage.audit() if e.action == "links_picked"]
    assert [details["links"] for details in noted] == [1, 1]


def test_d3_a_launch_that_picks_nothing_may_not_answer(
    client: FlaskClient, session: Session
) -> None:
    """The rights are those of the launch: this one was made to show a panel."""
    caller = a_caller(session, client, role="instructor")

    refused = caller.send("POST", "/lti/deep-linking", {"items": [PANEL]})

    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert caller.get("/lti/deep-linking/preview").status_code == 403


def a_picker(session: Session, client: FlaskClient, role: str = "instructor") -> Caller:
    """Let somebody be where links are picked, in a course that is off."""
    course = a_context(session, enabled=False)
    member = a_member(session, of=course, role=role)
    return a_caller(session, client, member=member, role=role, deep_linking=PICKING)


def test_the_answer_is_json_with_a_bearer(
    client: FlaskClient, session: Session, clock: Clock
) -> None:
    """Our own contract: JSON in, JSON out, and the bearer alone counts."""
    caller = a_picker(session, client)

    bare = client.post("/lti/deep-linking", json={"items": []})
    form = client.post(
        "/lti/deep-linking",
        headers={"Authorization": f"Bearer {caller.token}"},
        data={"items": "[]"},
    )
    clock.moment = NOW + timedelta(hours=2)
    late = caller.send("POST", "/lti/deep-linking", {"items": []})

    statuses = [answer.status_code for answer in (bare, form, late)]
    kinds = {answer.mimetype for answer in (bare, form, late)}
    assert (statuses, kinds) == ([401, 415, 401], {"application/problem+json"})
    assert bare.headers["WWW-Authenticate"] == "Bearer"


def test_a_course_that_is_off_can_be_given_links(
    client: FlaskClient, session: Session
) -> None:
    """Our own contract: a course that is off is linked, and says so."""
    caller = a_picker(session, client)
    card = {"panel": "badge", "badge": "author", "title": "Author"}

    done = caller.send("POST", "/lti/deep-linking", {"items": [card]})

    shown = caller.get("/lti/deep-linking/preview?panel=badge&badge=author")
    assert (done.status_code, shown.status_code) == (200, 200)
    assert "until badges are turned on" in shown.text
    assert caller.get("/lti/deep-linking/preview?panel=badge").status_code == 404


def test_what_is_kept_of_an_answer_names_nobody(stage: Stage) -> None:
    """It is how many links there were, and for which course."""
    response(stage, ask(stage), PANEL)

    (entry,) = [
        entry
        for entry in stage.session.scalars(sa.select(AuditEntry))
        if entry.action == "links_picked"
    ]
    assert set(entry.details) == {"course", "links"}
