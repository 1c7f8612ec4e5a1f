"""Login, authorization and id_token of the Moodle shape, against the recordings."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from campus import launches
from campus import vocabulary as lti
from campus.records import Launch
from campus.state import Campus
from campus.web import create_app
from tests.integration.campus.stage import (
    add_recorded_items,
    add_recorded_link_items,
    recorded_moodle,
    recording,
    shape_of,
)

LAUNCHES = recording("moodle_launches")
AUTHORIZATION = recording("moodle_authorization")
AUTH = "/mod/lti/auth.php"


@pytest.fixture
def moodle() -> Campus:
    campus = recorded_moodle()
    add_recorded_link_items(campus)
    return campus


@pytest.fixture
def asking(moodle: Campus) -> FlaskClient:
    return create_app(moodle).test_client()


def a_launch(campus: Campus, person: int = 17, tool: int = 1) -> Launch:
    course = campus.course(3)
    return campus.begin(
        Launch(
            tool=campus.tool(tool),
            course=course,
            person=campus.person(person),
            link=campus.links(course)[tool - 1],
        )
    )


def comparable(claims: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is new in every launch."""
    claims = json.loads(json.dumps(claims))
    for name in ("nonce", "iat", "exp"):
        del claims[name]
    outcome = claims[lti.BASIC_OUTCOME]
    sourced = json.loads(outcome["lis_result_sourcedid"])
    outcome["lis_result_sourcedid"] = shape_of(sourced)
    presentation = claims[lti.LAUNCH_PRESENTATION]
    presentation["return_url"] = presentation["return_url"].partition("&sesskey")[0]
    return dict(claims)


@pytest.mark.parametrize(
    ("name", "person", "tool"),
    [
        ("student", 17, 1),
        ("assistant", 32, 1),
        ("administrator", 2, 1),
        ("student_unnamed", 17, 2),
        ("teacher_unnamed", 16, 2),
    ],
)
def test_claims_are_as_recorded(
    moodle: Campus, name: str, person: int, tool: int
) -> None:
    recorded = comparable(LAUNCHES[name]["claims"])
    if name == "assistant":
        # By then the link had a second line item.
        add_recorded_items(moodle)

    claims = comparable(
        launches.claims_for(moodle, a_launch(moodle, person, tool), "n")
    )

    if name == "administrator":
        # The recorded administrator has another name than ours.
        for claim in ("given_name", "family_name", "name", "email", lti.EXT):
            assert (claim in claims) == (claim in recorded)
            claims.pop(claim), recorded.pop(claim)
    assert claims == recorded


def test_an_id_token_lives_a_minute_of_campus_time(moodle: Campus) -> None:
    claims = launches.claims_for(moodle, a_launch(moodle), "n")

    assert claims["iat"] == int(moodle.now().timestamp())
    assert claims["exp"] == int(moodle.now().timestamp()) + 60


def test_a_second_line_item_of_a_link_takes_the_claim_away(moodle: Campus) -> None:
    item = moodle.line_items(moodle.course(3), moodle.tool(1))[0]
    before = launches.claims_for(moodle, a_launch(moodle), "n")[lti.AGS]

    moodle.add_line_item(replace(item, number=0))

    after = launches.claims_for(moodle, a_launch(moodle), "n")[lti.AGS]
    assert set(keys(before)) - set(keys(after)) == {"lineitem"}


def keys(claim: object) -> list[str]:
    return list(claim) if isinstance(claim, dict) else []


def test_the_login_form_is_as_recorded(moodle: Campus) -> None:
    form = launches.login_form(moodle, a_launch(moodle))

    recorded = dict(LAUNCHES["login"])
    hint, recorded_hint = (
        json.loads(one.pop("lti_message_hint")) for one in (form, recorded)
    )
    assert form == recorded
    assert hint["cmid"] == recorded_hint["cmid"]
    assert re.fullmatch(r"ltilaunch1_\d+", hint["launchid"])
    assert re.fullmatch(r"ltilaunch1_\d+", recorded_hint["launchid"])


def test_the_key_set_is_as_recorded(asking: FlaskClient, moodle: Campus) -> None:
    answer = asking.get("/mod/lti/certs.php")

    assert shape_of(answer.get_json()) == shape_of(LAUNCHES["jwks"])
    assert answer.content_type == "application/json; charset=utf-8"
    kid = answer.get_json()["keys"][0]["kid"]
    assert len(kid) == len(LAUNCHES["student"]["header"]["kid"])


@pytest.mark.parametrize(
    "name", [name for name in AUTHORIZATION if name != "replayed message hint"]
)
def test_authentication_requests_are_answered_as_recorded(
    moodle: Campus, asking: FlaskClient, name: str
) -> None:
    case = AUTHORIZATION[name]
    parameters = dict(case["params"])
    if "lti_message_hint" in parameters:
        parameters["lti_message_hint"] = hint(moodle)

    answer = asking.get(AUTH, query_string=parameters)

    assert answer.status_code == case["status"]
    fields = fields_of(answer.get_data(as_text=True))
    if "id_token" in case["fields"]:
        assert len(fields.pop("id_token").split(".")) == 3
        assert fields == {"state": "st1"}
    else:
        assert fields == case["fields"]


def test_a_launch_is_answered_once(moodle: Campus, asking: FlaskClient) -> None:
    parameters = {**AUTHORIZATION["ok"]["params"], "lti_message_hint": hint(moodle)}

    answers = [asking.get(AUTH, query_string=parameters) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 404]
    assert AUTHORIZATION["replayed message hint"]["status"] == 404


def test_a_post_is_answered_like_a_get(moodle: Campus, asking: FlaskClient) -> None:
    parameters = {**AUTHORIZATION["ok"]["params"], "lti_message_hint": hint(moodle)}

    answer = asking.post(AUTH, data=parameters)

    assert set(fields_of(answer.get_data(as_text=True))) == {"id_token", "state"}


def hint(campus: Campus) -> str:
    return launches.login_form(campus, a_launch(campus))["lti_message_hint"]


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
