"""`PUT …/scoring`: what facts are worth, tried first, then counted anew."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from models import (
    AuditEntry,
    Award,
    Badge,
    Context,
    Membership,
    Scoring,
    Standing,
    StreamEvent,
)
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, hand_in
from tests.support.waiting import work_off

SHIPPED = [
    ("submitted", "2", None),
    ("posted", "1", "5"),
    ("completed", "3", None),
    ("graded", "5", None),
]


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="rich", metric="score", threshold=20)
    poor = a_badge(session, of=course, key="poor", metric="score", threshold=4)
    poor.policy = "revoke"
    return course


@pytest.fixture
def people(session: Session, course: Context) -> list[Membership]:
    """Let Ada, Ben and Cleo have handed in 0, 2 and 4 times."""
    people = [a_member(session, of=course) for _ in range(3)]
    for number, person in enumerate(people):
        if number:
            hand_in(session, person, times=2 * number)
    return people


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def put(teacher: Caller, *weights: dict[str, Any], **headers: str) -> Any:  # noqa: ANN401 -- werkzeug's answer
    body = {"weights": weights}
    return teacher.send("PUT", f"{teacher.course}/scoring", body, **headers)


def preview(teacher: Caller, *weights: dict[str, Any]) -> Any:  # noqa: ANN401 -- werkzeug's answer
    body = {"weights": weights}
    return teacher.send("POST", f"{teacher.course}/scoring/preview", body)


def get(teacher: Caller) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return teacher.get(f"{teacher.course}/scoring")


def points(session: Session, member: Membership) -> float:
    session.rollback()
    query = sa.select(Standing.points).filter_by(membership_id=member.id, period="all")
    return (session.scalar(query) or 0) / POINT


def weight(kind: str, points: object, **named: object) -> dict[str, Any]:
    return {"kind": kind, "weight": points, **named}


def test_a_course_begins_with_what_is_shipped(teacher: Caller) -> None:
    read = get(teacher).json

    assert [
        (one["kind"], one["weight"], one["daily_cap"]) for one in read["weights"]
    ] == SHIPPED
    assert {one["item"] for one in read["weights"]} == {None}
    rest = {name: said for name, said in read.items() if name != "weights"}
    assert rest == {"version": 0, "locked": False, "recounting": False}


def test_another_weight_is_a_version_and_everybody_is_counted_anew(
    session: Session,
    app: OpenAPI,
    people: list[Membership],
    teacher: Caller,
) -> None:
    before = points(session, people[2])

    saved = put(teacher, weight("submitted", "5.5"))
    between = points(session, people[2])
    news = session.scalars(sa.select(sa.func.count(StreamEvent.id))).one()
    session.rollback()
    work_off(app)

    assert (saved.json["version"], saved.json["recounting"]) == (1, True)
    assert saved.json["weights"][0]["weight"] == "5.5"
    assert (before, between, points(session, people[2])) == (8, 8, 22)
    assert get(teacher).json["recounting"] is False
    held = sa.select(Award.membership_id).join(Badge, Badge.id == Award.badge_id)
    assert session.scalars(held.where(Badge.key == "rich")).all() == [people[2].id]
    told = sa.select(sa.func.count(StreamEvent.id)).where(StreamEvent.kind == "award")
    assert session.scalars(told).one() <= news
    assert session.scalars(sa.select(AuditEntry.action)).all() == ["scoring_saved"]


def test_the_preview_says_whose_points_and_badges_change_and_writes_nothing(
    session: Session, people: list[Membership], teacher: Caller
) -> None:
    more = preview(teacher, weight("submitted", 5.5))
    less = preview(teacher, weight("submitted", "0.000001"))
    same = preview(teacher, weight("submitted", 2))

    assert more.json == {
        "people": 2,
        "up": 2,
        "down": 0,
        "most": "14",
        "gains": [{"badge": "rich", "people": 1}],
        "losses": [],
    }
    assert less.json == {
        "people": 2,
        "up": 0,
        "down": 2,
        "most": "7.999996",
        "gains": [],
        "losses": [{"badge": "poor", "people": 2}],
    }
    assert (same.json["people"], same.json["most"]) == (0, "0")
    assert [points(session, person) for person in people] == [0, 4, 8]
    assert session.scalars(sa.select(Scoring)).all() == []
    assert get(teacher).json["version"] == 0


def test_an_item_and_a_day_have_weights_of_their_own(
    session: Session,
    app: OpenAPI,
    course: Context,
    people: list[Membership],
    teacher: Caller,
) -> None:
    quiz = an_item(session, of=course, key="quiz-1")
    for item, days in ((quiz.id, 0), (quiz.id, 3), (None, 0)):
        fact = Fact(
            context_id=course.id,
            membership_id=people[0].id,
            item_id=item,
            kind="completed",
            occurred_at=NOW - timedelta(days=days),
            source="test",
            attempt=str(days),
        )
        record(session, [fact], NOW, environment=True)
    session.commit()

    since = (NOW - timedelta(days=1)).isoformat()
    ours = weight("completed", 10, item="quiz-1", effective_from=since)
    saved = put(teacher, ours).json
    work_off(app)

    assert points(session, people[0]) == 10 + 3 + 3
    (quiz_weight,) = [one for one in saved["weights"] if one["item"]]
    assert quiz_weight == {
        "kind": "completed",
        "item": "quiz-1",
        "weight": "10",
        "daily_cap": None,
        "effective_from": "2026-11-21T10:00:00Z",
    }


def test_what_was_read_can_be_sent_back_and_the_second_of_two_is_told(
    session: Session, people: list[Membership], teacher: Caller
) -> None:
    put(teacher, weight("posted", 2, daily_cap=4))
    read = get(teacher)
    tag = read.headers["ETag"]

    path = f"{teacher.course}/scoring"
    back: Any = teacher.send("PUT", path, read.json, If_Match=tag)
    first = put(teacher, weight("posted", 3), If_Match=tag)
    second = put(teacher, weight("posted", 4), If_Match=tag)

    answers = [answer.status_code for answer in (back, first, second)]
    assert answers == [200, 200, 412]
    assert [back.json["version"], first.json["version"]] == [1, 2]
    assert get(teacher).json["weights"][1]["weight"] == "3"


@pytest.mark.parametrize(
    ("one", "detail"),
    [
        (weight("launched", 1), "weights.0.kind: Input should be 'submitted', 'posted"),
        (
            weight("posted", -1),
            (
                "weights.0.weight: Value error, points are a number from 0 to 1000 "
                "with six decimals at most"
            ),
        ),
        (weight("posted", "1e3"), "weights.0.weight: Value error, points are a number"),
        (weight("posted", True), "weights.0.weight: Value error, points are a number"),
        (weight("posted", "0.0000001"), "weights.0.weight: Value error, points are"),
        (weight("posted", 1001), "weights.0.weight: Value error, points are a number"),
        (
            weight("posted", 1, daily_cap="x"),
            "weights.0.daily_cap: Value error, points",
        ),
        (
            weight("posted", 1, item="quiz-9"),
            'item: there is no item "quiz-9"; there are quiz-1 (Quiz 1)',
        ),
    ],
)
def test_a_weight_that_makes_no_sense_is_refused_by_name(
    session: Session,
    course: Context,
    teacher: Caller,
    one: dict[str, Any],
    detail: str,
) -> None:
    an_item(session, of=course, key="quiz-1")
    session.commit()

    answers = (put(teacher, one), preview(teacher, one))

    assert {answer.status_code for answer in answers} == {422}
    for answer in answers:
        assert answer.json["detail"].startswith(detail), answer.json["detail"]


def test_a_kind_that_is_named_twice_is_refused(teacher: Caller) -> None:
    answer = put(teacher, weight("posted", 1), weight("posted", 2))

    assert answer.status_code == 422
    assert answer.json["detail"] == (
        "weights: a kind, or a kind and an item, is named twice."
    )
