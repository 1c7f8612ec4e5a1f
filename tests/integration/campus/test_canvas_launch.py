"""The Canvas shape against the examples written after its source and documents."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient

from campus import launches, seeding
from campus import vocabulary as lti
from campus.keys import signing_key
from campus.records import Launch, Link, Person, Tool
from campus.seeding import Cast
from campus.state import Campus
from campus.web import create_app
from campus.wire import RefusedPage
from tests.integration.campus.stage import recording, shape_of

CANVAS = recording("canvas")
PNS = lti.CLAIM + "platformnotificationservice"
CUSTOM_FIELDS = {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_user_global_id": "$Canvas.user.globalId",
    "canvas_course_id": "$Canvas.course.id",
    "section_ids": "$Canvas.course.sectionIds",
    "section_names": "$com.instructure.User.sectionNames",
    "section_restricted": "$Canvas.course.sectionRestricted",
    "group_context_ids": "$Canvas.group.contextIds",
    "course_group_ids": "$com.instructure.Course.groupIds",
    "timezone": "$Person.address.timezone",
    "api_domain": "$Canvas.api.domain",
    "high_contrast": "$Canvas.user.prefersHighContrast",
    "dyslexic_font": "$Canvas.user.prefersDyslexicFont",
    "brand_json_url": "$com.instructure.brandConfigJSON.url",
    "student_view": "$com.instructure.User.student_view",
    "masquerading_user_id": "$Canvas.masqueradingUser.id",
    "enrollment_state": "$Canvas.enrollment.enrollmentState",
    "course_state": "$Canvas.course.workflowState",
    "term_id": "$Canvas.term.id",
    "term_name": "$Canvas.term.name",
    "context_history": "$Context.id.history",
    "root_account_uuid": "$vnd.Canvas.root_account.uuid",
    "entry": "course_navigation",
}


@pytest.fixture
def canvas() -> Campus:
    campus = Campus("canvas", base_url="https://canvas.example.edu")
    tool = Tool.at("https://badges.example.org", "10000000000002")
    campus.add_tool(replace(tool, custom=CUSTOM_FIELDS))
    return campus


@pytest.fixture
def cast(canvas: Campus) -> Cast:
    cast = seeding.cast(canvas)
    for person in (cast.ada, cast.iris):
        enrolment = canvas.find_enrolment(cast.course, person)
        assert enrolment is not None
        canvas.enrol(replace(enrolment, sections=(7, 9), groups=(11,)))
    return cast


@pytest.fixture
def asking(canvas: Campus) -> FlaskClient:
    return create_app(canvas).test_client()


def claims_of(
    campus: Campus, cast: Cast, person: Person | None, link: Link | None = None
) -> dict[str, Any]:
    claims: dict[str, Any] = launches.claims_for(
        campus, launch_of(campus, cast, person, link), "n"
    )
    # Our own links say which panel they open; the examples have no such field.
    claims[lti.CUSTOM].pop("panel", None)
    return claims


def launch_of(
    campus: Campus, cast: Cast, person: Person | None, link: Link | None = None
) -> Launch:
    return campus.begin(
        Launch(
            tool=campus.tools[0],
            course=cast.course,
            person=person,
            link=link or cast.link,
        )
    )


def an_assignment(campus: Campus, cast: Cast) -> Link:
    link = campus.add_link(
        Link(
            course=cast.course.number,
            tool=cast.tool.number,
            title="Challenge 1",
            description="<p>Solve the puzzle</p>",
        )
    )
    item = replace(cast.quiz, label="Challenge 1", link=link.number, number=0)
    campus.add_line_item(item)
    return link


def example(name: str) -> dict[str, Any]:
    """Return an example's claims without what the campus does not offer yet."""
    claims = dict(CANVAS[name]["claims"])
    del claims[PNS]
    # The link's identifier of LTI 1.1 is of no use to anybody.
    claims[lti.LTI1P1] = {"user_id": claims[lti.LTI1P1]["user_id"]}
    return claims


def test_course_navigation_claims_have_the_shape_of_the_example(
    canvas: Campus, cast: Cast
) -> None:
    claims = claims_of(canvas, cast, cast.iris)

    wanted = example("id_token_course_navigation")
    assert shape_of(claims) == shape_of(wanted)
    assert claims[lti.ROLES] == wanted[lti.ROLES]
    assert claims[lti.RESOURCE_LINK]["id"] == claims[lti.CONTEXT]["id"]
    assert claims["exp"] - claims["iat"] == wanted["exp"] - wanted["iat"]


def test_assignment_claims_have_the_shape_of_the_example(
    canvas: Campus, cast: Cast
) -> None:
    canvas.quirks.http_line_items = True

    claims = claims_of(canvas, cast, cast.ada, an_assignment(canvas, cast))

    wanted = example("id_token_assignment")
    assert shape_of(claims) == shape_of(wanted)
    assert claims[lti.ROLES] == wanted[lti.ROLES]
    endpoint = claims[lti.AGS]
    assert endpoint["lineitems"].startswith("http://canvas.example.edu/api/lti/")
    assert endpoint["lineitem"].startswith("https://canvas.example.edu/api/lti/")


def test_anonymous_privacy_sends_nothing_about_the_person(
    canvas: Campus, cast: Cast
) -> None:
    canvas.change_tool(replace(cast.tool, shares_names=False, shares_email=False))

    claims = claims_of(canvas, cast, cast.ada)

    name = "id_token_course_navigation_student_anonymous_privacy"
    assert shape_of(claims) == shape_of(example(name))


@pytest.mark.parametrize(
    ("part", "persona"),
    [
        ("iris", "teacher"),
        ("ada", "student"),
        ("assistant", "ta"),
        ("observer", "observer"),
        ("test_student", "test_student_student_view"),
    ],
)
def test_roles_are_those_of_the_persona(
    canvas: Campus, cast: Cast, part: str, persona: str
) -> None:
    claims = claims_of(canvas, cast, getattr(cast, part))

    assert claims[lti.ROLES] == sorted(CANVAS["roles_by_persona"][persona])


def test_a_visitor_has_no_subject(canvas: Campus, cast: Cast) -> None:
    claims = claims_of(canvas, cast, None)

    assert "sub" not in claims
    assert claims[lti.LEGACY_USER_ID] == ""
    assert claims[lti.ROLES] == CANVAS["roles_by_persona"]["anonymous_public_course"]


def test_two_deployments_of_one_key_launch_apart(canvas: Campus, cast: Cast) -> None:
    tool = replace(cast.tool, deployment_ids=("5:aaa", "6:bbb"))

    launch = replace(launch_of(canvas, cast, cast.ada), tool=tool)
    second = replace(launch, deployment="6:bbb")

    assert [
        launches.claims_for(canvas, one, "n")[lti.DEPLOYMENT_ID]
        for one in (launch, second)
    ] == ["5:aaa", "6:bbb"]


def test_quirks_of_custom_claims_are_switches(canvas: Campus, cast: Cast) -> None:
    nobody = "$Canvas.masqueradingUser.id"
    before = claims_of(canvas, cast, cast.ada)[lti.CUSTOM]

    canvas.quirks.integers_in_custom = True
    canvas.quirks.literal_variables = False

    after = claims_of(canvas, cast, cast.ada)[lti.CUSTOM]
    names = ("canvas_course_id", "section_restricted", "masquerading_user_id")
    assert [before[name] for name in names] == ["3", "false", nobody]
    assert [after[name] for name in names] == [3, "false", None]


def test_leaked_model_fields_are_a_switch(canvas: Campus, cast: Cast) -> None:
    canvas.quirks.nested_errors = True

    claims = claims_of(canvas, cast, cast.ada)

    for claim in (lti.LIS, lti.TOOL_PLATFORM, lti.NRPS):
        assert claims[claim]["errors"] == {"errors": {}}
        assert claims[claim]["validation_context"] is None


def test_the_login_form_has_the_names_of_the_example(
    canvas: Campus, cast: Cast
) -> None:
    form = launches.login_form(canvas, launch_of(canvas, cast, cast.ada))

    wanted = CANVAS["oidc_flow"]["1_login_initiation"]["form"]
    assert set(form) == set(wanted)
    for name in ("canvas_environment", "canvas_region", "lti_storage_target"):
        assert form[name] == wanted[name]
    hint = jwt.decode(form["lti_message_hint"], options={"verify_signature": False})
    documented = CANVAS["oidc_flow"]["1b_lti_message_hint_claims"]["claims"]
    assert shape_of(hint) == shape_of(documented)


def test_the_documented_login_names_are_a_switch(canvas: Campus, cast: Cast) -> None:
    canvas.quirks.documented_names = True

    form = launches.login_form(canvas, launch_of(canvas, cast, cast.ada))

    assert "lti_deployment_id" not in form
    assert form["deployment_id"] == cast.tool.deployment_ids[0]
    assert form["canvas_environment"] == "production"


def test_old_logins_name_no_deployment_and_no_storage(
    canvas: Campus, cast: Cast
) -> None:
    canvas.quirks.names_deployment_at_login = False
    canvas.quirks.storage_target = None

    form = launches.login_form(canvas, launch_of(canvas, cast, cast.ada))

    assert {"deployment_id", "lti_deployment_id", "lti_storage_target"} & set(
        form
    ) == set()


def request_of(campus: Campus, cast: Cast, **changes: str) -> dict[str, str]:
    form = launches.login_form(campus, launch_of(campus, cast, cast.ada))
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": form["client_id"],
        "redirect_uri": "https://badges.example.org/lti/launch",
        "login_hint": form["login_hint"],
        "lti_message_hint": form["lti_message_hint"],
        "state": "STATE",
        "nonce": "NONCE",
        **changes,
    }


def test_authorization_goes_by_way_of_the_institutions_host(
    asking: FlaskClient, canvas: Campus, cast: Cast
) -> None:
    parameters = request_of(canvas, cast)

    redirected = asking.get("/api/lti/authorize_redirect", query_string=parameters)

    assert redirected.status_code == 302
    place, _, query = redirected.headers["Location"].partition("?")
    assert place == "https://canvas.example.edu/api/lti/authorize"
    answered = asking.get("/api/lti/authorize", query_string=query)
    assert answered.status_code == 200
    assert 'name="id_token"' in answered.get_data(as_text=True)


def test_the_launch_form_carries_fields_a_tool_ignores(
    canvas: Campus, cast: Cast
) -> None:
    form = launches.authorize(canvas, request_of(canvas, cast))

    assert set(form.fields) == set(CANVAS["oidc_flow"]["3_launch"]["form"])
    assert form.action == "https://badges.example.org/lti/launch"


def test_a_hint_lives_five_minutes(canvas: Campus, cast: Cast) -> None:
    parameters = request_of(canvas, cast)
    canvas.clock.advance(timedelta(seconds=299))
    still = launches.authorize(canvas, parameters)
    old = request_of(canvas, cast)
    canvas.clock.advance(timedelta(seconds=301))

    with pytest.raises(RefusedPage) as refused:
        launches.authorize(canvas, old)

    assert "id_token" in still.fields
    assert refused.value.reason == "Invalid lti_message_hint"


@pytest.mark.parametrize(
    ("changes", "position"),
    [({"nonce": ""}, 0), ({"scope": "profile"}, 1), ({"login_hint": "else"}, 2)],
)
def test_errors_are_posted_with_the_documented_words(
    canvas: Campus, cast: Cast, changes: dict[str, str], position: int
) -> None:
    form = launches.authorize(canvas, request_of(canvas, cast, **changes))

    assert form.fields == CANVAS["oidc_flow"]["3_errors"][position]


def test_another_key_is_not_authorized(canvas: Campus, cast: Cast) -> None:
    canvas.add_tool(Tool.at("https://badges.example.org", "another"))

    form = launches.authorize(canvas, request_of(canvas, cast, client_id="another"))

    assert form.fields == CANVAS["oidc_flow"]["3_errors"][3]


def test_a_launch_is_consumed_by_its_first_use(canvas: Campus, cast: Cast) -> None:
    parameters = request_of(canvas, cast)
    launches.authorize(canvas, parameters)

    again = launches.authorize(canvas, parameters)

    assert again.fields == CANVAS["oidc_flow"]["3_errors"][4]


def test_an_unregistered_redirect_uri_gets_no_callback(
    canvas: Campus, cast: Cast
) -> None:
    elsewhere = request_of(canvas, cast, redirect_uri="https://evil.example/launch")

    with pytest.raises(RefusedPage) as refused:
        launches.authorize(canvas, elsewhere)

    assert refused.value.reason == "Invalid redirect_uri"


def test_a_query_after_a_registered_redirect_uri_is_allowed(
    canvas: Campus, cast: Cast
) -> None:
    uri = "https://badges.example.org/lti/launch?x=1"

    form = launches.authorize(canvas, request_of(canvas, cast, redirect_uri=uri))

    assert form.action == uri


def test_the_key_set_may_be_cached(asking: FlaskClient, canvas: Campus) -> None:
    answer = asking.get("/api/lti/security/jwks")

    assert answer.headers["Cache-Control"].startswith("max-age=")
    assert [key["kid"] for key in answer.get_json()["keys"]] == [
        canvas.keys.current.kid
    ]


def test_an_installation_on_sample_keys_signs_with_512_bits(canvas: Campus) -> None:
    canvas.keys.publish(signing_key("2018-06-18T22:33:20Z", bits=512))

    [key] = canvas.keys.jwks["keys"]

    assert len(key["n"]) == 86
    assert canvas.keys.current.private.key_size == 512
