"""D1 to D3: deep linking (Deep Linking 2.0), and the guide's section 6.2."""

from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from campus.tokens import REMOVED
from models import AuditEntry, LaunchSession, ResourceLink
from tests.conformance.stage import Stage
from tests.factories import a_context, a_member
from tests.support.clock import NOW, Clock
from tests.support.launches import PICKING, Caller, a_caller
from tests.support.markup import text_of
from tests.support.picking import PANEL, ask, response
from tests.support.visitor import Page


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
