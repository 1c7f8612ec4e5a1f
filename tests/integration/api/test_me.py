from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import a_member
from tests.support.launches import a_caller, a_live_course, hand_in

LITERAL = ("key", "earned", "progress", "threshold")
"""What the second seed's worked example names of a badge."""


def literal(badges: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(badge[name] for name in LITERAL) for badge in badges]


@pytest.mark.demand("A20", "A30")
def test_my_badges_are_the_whole_catalog_with_progress(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=14)
    caller = a_caller(session, client, member=ada)

    answer = caller.get("/api/me/badges").json

    assert answer is not None
    assert answer["enabled"] is True
    assert literal(answer["badges"]) == [
        ("first_contribution", True, 1, 1),
        ("contributor", True, 25, 25),
        ("prolific", False, 28, 100),
        ("author", False, 1, 5),
        ("regular", False, 1, 5),
    ]
    assert answer["badges"][1] == {
        "key": "contributor",
        "label": "Contributor",
        "icon": "✍️",
        "description": "Your contributions are adding up.",
        "criterion": "Earn 25 points",
        "rule": {"metric": "score", "at_least": 25},
        "metric": "score",
        "earned": True,
        "progress": 25,
        "threshold": 25,
        "percent": 100,
        "missing": [],
        "granted_at": "2026-11-22T10:00:00Z",
    }


def test_my_badges_are_nothing_while_a_switch_is_off(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=14)
    ada.context.tenant.enabled = False
    caller = a_caller(session, client, member=ada)

    answer = caller.get("/api/me/badges")

    assert answer.json == {"enabled": False, "badges": []}


@pytest.mark.demand("A23")
def test_flipping_a_switch_hides_and_shows_the_same(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=1)
    caller = a_caller(session, client, member=ada)
    teacher = a_caller(session, client, of=ada.context, role="instructor")
    before = caller.get("/api/me/badges").json

    teacher.send("PUT", f"{teacher.course}/settings", {"enabled": False})
    off = caller.get("/api/me/badges").json
    teacher.send("PUT", f"{teacher.course}/settings", {"enabled": True})

    assert off == {"enabled": False, "badges": []}
    assert caller.get("/api/me/badges").json == before


def test_i_am_told_who_and_where_i_am(client: FlaskClient, session: Session) -> None:
    course = a_live_course(session, title="Biology")
    ada = a_member(session, of=course, name="Ada Ahorn")
    caller = a_caller(session, client, member=ada)

    answer = caller.get("/api/v1/me").json

    assert answer == {
        "user": {"id": ada.user.public_id, "name": "Ada Ahorn"},
        "roles": ["learner"],
        "course": {"id": course.public_id, "title": "Biology", "enabled": True},
        "tenant": course.tenant.key,
    }


def test_a_refusal_is_a_problem_with_its_status(
    client: FlaskClient, session: Session
) -> None:
    learner = a_caller(session, client)

    answers = [
        client.get("/api/me/badges"),
        learner.get(f"{learner.course}/settings"),
        learner.get("/api/v1/courses/another/badges"),
        learner.send("PUT", "/api/me/badges"),
    ]

    assert [a.status_code for a in answers] == [401, 403, 404, 405]
    assert {a.content_type for a in answers} == {"application/problem+json"}
    assert [a.json["status"] for a in answers if a.json] == [401, 403, 404, 405]
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_answers_are_kept_by_nobody_and_for_this_origin_alone(
    client: FlaskClient, session: Session
) -> None:
    caller = a_caller(session, client)

    answer = client.get(
        "/api/me/badges",
        headers={
            "Authorization": f"Bearer {caller.token}",
            "Origin": "https://evil.example",
        },
    )

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_cookie_or_a_parameter_is_no_token(
    client: FlaskClient, session: Session
) -> None:
    caller = a_caller(session, client)
    client.set_cookie("token", caller.token)
    client.set_cookie("Authorization", f"Bearer {caller.token}")

    answer = client.get(f"/api/me/badges?token={caller.token}")

    assert answer.status_code == 401
