"""Who may call the services of the Canvas shape, and how it refuses."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from campus import vocabulary as lti
from campus.faults import throttled
from campus.records import Course
from campus.seeding import Cast
from campus.state import Campus
from campus.web import create_app
from tests.integration.campus.stage import (
    a_token,
    bearer,
    recording,
)

CANVAS = recording("canvas")
COURSE = "/api/lti/courses/3"
ITEMS = f"{COURSE}/line_items"


def test_a_missing_scope_is_unauthorized(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    narrow = bearer(a_token(canvas, cast.tool, lti.MEMBERS_READ))

    answer = authorized.get(ITEMS, headers=narrow)

    assert answer.status_code == 401
    assert answer.get_json()["errors"]["message"] == "Insufficient permissions"


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (None, "Missing access token"),
        ("opaque", "Invalid access token format"),
        ("a.b.c", "Access token invalid - signature likely incorrect"),
    ],
)
def test_tokens_are_refused_with_the_documented_words(
    canvas: Campus, cast: Cast, token: str | None, message: str
) -> None:
    headers = bearer(token) if token else {}

    answer = create_app(canvas).test_client().get(ITEMS, headers=headers)

    documented = [case["message"] for case in CANVAS["lti_service_errors"]["cases"]]
    assert message in documented
    assert answer.status_code == 401
    assert answer.get_json() == {"errors": {"type": "unauthorized", "message": message}}


def test_an_expired_token_is_unauthorized(
    canvas: Campus, authorized: FlaskClient
) -> None:
    canvas.expire_tokens()

    answer = authorized.get(ITEMS)

    assert answer.get_json()["errors"]["message"] == "Access token expired"


def test_a_concluded_course_has_no_gradebook(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    canvas.change_course(replace(cast.course, concluded=True))

    answer = authorized.get(ITEMS)

    assert answer.status_code == 404
    assert answer.get_json() == CANVAS["lti_service_errors"]["other_shapes"][1]["body"]


def test_a_course_without_the_tool_is_closed(
    canvas: Campus, authorized: FlaskClient
) -> None:
    elsewhere = canvas.add_course(Course(title="Else", label="E1"))

    answer = authorized.get(f"/api/lti/courses/{elsewhere.number}/names_and_roles")

    assert answer.status_code == 401


def test_answers_say_what_they_cost(authorized: FlaskClient) -> None:
    answer = authorized.get(ITEMS)

    assert set(CANVAS["rate_limit"]["headers_on_success"]) <= set(answer.headers.keys())


@pytest.mark.parametrize("code", [403, 429])
def test_too_many_requests_are_refused_in_either_way(
    canvas: Campus, authorized: FlaskClient, code: int
) -> None:
    canvas.faults.on("lineitems", throttled(code), times=1)

    answers = [authorized.get(ITEMS) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [code, 200]
    assert answers[0].headers["X-Rate-Limit-Remaining"] == "0.0"
    older = CANVAS["rate_limit"]["throttled_older"]
    if code == older["status"]:
        assert answers[0].get_data(as_text=True) == older["body"]
        assert answers[0].content_type == older["content_type"]
