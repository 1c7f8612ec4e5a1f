"""Login and authorization of the Canvas shape, in the documented words."""

from datetime import timedelta

import jwt
import pytest
from flask.testing import FlaskClient

from campus import launches
from campus.keys import signing_key
from campus.records import Tool
from campus.seeding import Cast
from campus.state import Campus
from campus.web import create_app
from campus.wire import RefusedPage
from tests.integration.campus.stage import launch_of, recording, shape_of

CANVAS = recording("canvas")


@pytest.fixture
def asking(canvas: Campus) -> FlaskClient:
    return create_app(canvas).test_client()


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
