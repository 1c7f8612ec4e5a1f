"""`POST …/badges/preview`: who would gain and lose, and why a rule cannot be used."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Award, Badge, Base, Context, Membership
from tests.factories import a_badge, a_member, an_item
from tests.support.launches import Caller, a_caller, a_live_course, hand_in

Answer = dict[str, Any]


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session)


@pytest.fixture
def people(session: Session, course: Context) -> list[Membership]:
    """Let Ada, Ben and Cleo have handed in 1, 2 and 3 times."""
    names = ("Ada", "Ben", "Cleo")
    people = [a_member(session, of=course, name=name) for name in names]
    for times, person in enumerate(people, 1):
        hand_in(session, person, times=times)
    return people


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def preview(teacher: Caller, course: Context, badge: Answer) -> Answer:
    path = f"/api/v1/courses/{course.public_id}/badges/preview"
    response = teacher.send("POST", path, badge)
    assert response.json is not None
    return {"status": response.status_code, **response.json}


def names(side: Answer) -> list[str]:
    assert side["count"] == len(side["members"])
    return [person["name"] for person in side["members"]]


def rows(session: Session) -> dict[str, int]:
    session.rollback()
    return {
        table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_a_new_badge_names_who_would_gain_it_and_nothing_is_written(
    session: Session, course: Context, people: list[Membership], teacher: Caller
) -> None:
    ben = people[1].user.public_id
    session.commit()
    before = rows(session)

    found = preview(teacher, course, {"metric": "events", "threshold": 2})

    assert found["gains"]["members"][0] == {"user_id": ben, "name": "Ben"}
    assert names(found["gains"]) == ["Ben", "Cleo"]
    assert found["losses"] == {"count": 0, "members": []}
    assert (found["criterion"], found["findings"]) == ("Contribute 2 times", [])
    assert rows(session) == before


def test_a_stricter_rule_names_who_would_lose_where_that_is_the_policy(
    session: Session, course: Context, people: list[Membership], teacher: Caller
) -> None:
    a_badge(session, of=course, key="owl", metric="events", threshold=2)
    for person in people:
        hand_in(session, person, times=1)
    session.commit()
    rule = {"key": "owl", "criterion": {"metric": "events", "more_than": 3}}

    revoked = preview(teacher, course, {**rule, "policy": "revoke"})
    kept = preview(teacher, course, rule)

    holders = sa.select(sa.func.count()).where(Award.badge_id == Badge.id)
    session.rollback()
    assert session.scalar(holders.where(Badge.key == "owl")) == 3
    assert names(revoked["losses"]) == ["Ada", "Ben"]
    assert (names(revoked["gains"]), names(kept["losses"])) == ([], [])


def test_staff_and_who_left_neither_gain_nor_count(
    session: Session, course: Context, people: list[Membership], teacher: Caller
) -> None:
    people[2].status = "left"
    a_member(session, of=course, role="assistant")
    session.commit()

    found = preview(teacher, course, {"metric": "events", "threshold": 1})

    assert names(found["gains"]) == ["Ada", "Ben"]
    assert found["findings"] == ["Everybody in the course (2) would have it at once."]


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        (
            {"metric": "events", "at_most": 9},
            "Everybody meets it before doing anything.",
        ),
        (
            {"metric": "active_days", "at_least": 8, "last_days": 7},
            (
                'Nobody can meet "Be active on 8 different days within the last '
                '7 days": 7 is the most there is.'
            ),
        ),
        (
            {"metric": "events", "at_least": 99, "period": "term"},
            "The course has no term dates, so nothing counts in its term.",
        ),
        (
            {"metric": "events", "at_least": 99, "to": "2026-01-01"},
            "Its days are over: who does not meet it now never will.",
        ),
    ],
)
def test_what_makes_no_sense_is_told(
    session: Session,
    course: Context,
    people: list[Membership],
    teacher: Caller,
    rule: Answer,
    finding: str,
) -> None:
    session.commit()

    found = preview(teacher, course, {"criterion": rule})

    assert found["status"] == 200
    assert finding in found["findings"]


def test_a_metric_that_the_courses_sources_do_not_report_is_told(
    session: Session, course: Context, teacher: Caller
) -> None:
    a_member(session, of=course)
    session.commit()

    found = preview(teacher, course, {"metric": "authored", "threshold": 1})

    assert found["findings"] == [
        'Nobody can raise "authored" here yet: the course reports no handed-in work.'
    ]


@pytest.mark.parametrize(
    ("badge", "detail"),
    [
        (
            {"criterion": {"all": [{"metric": "completed", "item": "quiz-9"}]}},
            'criterion.item: there is no item "quiz-9"; there are quiz-1',
        ),
        (
            {"criterion": {"any": [{"badge": "ow"}, {"badge": "owl"}]}},
            'criterion.any[0].badge: there is no badge "ow"; there are first_',
        ),
        (
            {"key": "owl", "criterion": {"badge": "owl"}},
            "criterion: badges ask for each other: owl → owl",
        ),
        (
            {"criterion": {"all": [{"metric": "charm"}]}},
            (
                "criterion.all[0].metric: there is no metric 'charm'; there are score, "
                "events, authored, active_days, completed, time_spent, percent, "
                "average_percent, streak_weeks"
            ),
        ),
        ({}, "criterion: give a criterion, or a metric and a threshold"),
        (
            {"metric": "score", "threshold": 1, "criterion": {"badge": "owl"}},
            "criterion: give a criterion, or a metric and a threshold",
        ),
        ({"metric": "score", "treshold": 1}, "treshold: Extra inputs"),
    ],
)
def test_a_rule_that_cannot_be_used_says_where_and_what_there_is(
    session: Session, course: Context, teacher: Caller, badge: Answer, detail: str
) -> None:
    a_badge(session, of=course, key="owl", metric="events", threshold=2)
    an_item(session, of=course, key="quiz-1")
    session.commit()

    found = preview(teacher, course, badge)

    assert found["status"] == 422
    assert found["detail"].startswith(detail), found["detail"]


def test_another_course_is_not_there(
    session: Session, teacher: Caller, people: list[Membership]
) -> None:
    elsewhere = a_live_course(session)
    session.commit()

    found = preview(teacher, elsewhere, {"metric": "events", "threshold": 1})

    assert found["status"] == 404


def test_no_more_than_two_hundred_are_named_and_all_are_counted(
    session: Session, course: Context, teacher: Caller
) -> None:
    for _ in range(205):
        a_member(session, of=course)
    session.commit()

    found = preview(teacher, course, {"criterion": {"metric": "events", "at_most": 1}})

    assert (found["gains"]["count"], len(found["gains"]["members"])) == (205, 200)
