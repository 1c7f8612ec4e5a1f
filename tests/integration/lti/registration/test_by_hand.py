"""The same settings where no invitation is used."""

import json

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from tests.factories import a_registration
from tests.support.statements import statements


def test_the_key_is_what_canvas_takes(app: OpenAPI, client: FlaskClient) -> None:
    """The members of a real key: canvas-lms, doc/api/lti_dev_key_config.md."""
    url = app.extensions["laurel"].public_url

    answer = client.get("/lti/canvas.json")

    key = answer.get_json()
    (extension,) = key["extensions"]
    placements = {p["placement"]: p for p in extension["settings"]["placements"]}
    assert key["oidc_initiation_url"] == f"{url}/lti/login"
    assert key["public_jwk_url"] == f"{url}/lti/jwks.json"
    assert extension["platform"] == "canvas.instructure.com"
    assert extension["privacy_level"] == "name_only"
    assert placements["course_navigation"]["default"] == "disabled"
    assert {p["target_link_uri"] for p in placements.values()} == {f"{url}/lti/launch"}
    assert all(isinstance(value, str) for value in key["custom_fields"].values())
    assert answer.headers["Cache-Control"] == "public, max-age=600"


def test_a_registrations_key_names_its_own_login(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    row = a_registration(session)
    public_id = row.public_id
    session.commit()
    url = app.extensions["laurel"].public_url

    key = client.get(f"/lti/canvas/{public_id}.json").get_json()
    page = client.get(f"/lti/setup/{public_id}").get_data(as_text=True)

    assert key["oidc_initiation_url"] == f"{url}/lti/login/{public_id}"
    assert f"{url}/lti/login/{public_id}" in page
    assert f"{url}/lti/canvas/{public_id}.json" in page


def test_an_unknown_registration_has_no_page(client: FlaskClient) -> None:
    answers = [client.get(f"/lti/{path}") for path in ("setup/x", "canvas/x.json")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_page_to_copy_from_holds_addresses_alone(
    app: OpenAPI, client: FlaskClient
) -> None:
    with statements(app) as sent:
        page = client.get("/lti/setup").get_data(as_text=True)

    url = app.extensions["laurel"].public_url
    for address in ("launch", "jwks.json", "login", "canvas.json"):
        assert f'value="{url}/lti/{address}"' in page
    assert "group_ids=$Moodle.Person.userGroupIds" in page
    assert sent == []


def test_adding_a_platform_prints_where_to_copy_from(app: OpenAPI) -> None:
    options = {
        "--tenant": "acme",
        "--issuer": "https://lms.example",
        "--client-id": "abc",
        "--auth-login-url": "https://lms.example/auth",
        "--token-url": "https://lms.example/token",
        "--jwks-url": "https://lms.example/certs",
    }
    words = [word for option in options.items() for word in option]

    output = app.test_cli_runner().invoke(args=["platform", "add", *words]).output

    assert "/lti/setup/" in output
    assert "/lti/canvas/" in output
    assert json.dumps(output).count(".json") == 2
