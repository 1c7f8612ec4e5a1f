"""Badges whose course has moved on since they were written, and bodies that are odd."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Context, Item, Membership
from tests.factories import a_member, an_item
from tests.support.badges import TWICE, get, holders, put
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in

QUIZ = {"label": "Quiz", "criterion": {"metric": "completed", "item": "quiz-1"}}


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session)


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course)
    hand_in(session, ada, times=2)
    session.commit()
    return ada


@pytest.fixture
def quiz(session: Session, course: Context) -> Item:
    quiz = an_item(session, of=course, key="quiz-1")
    session.commit()
    return quiz


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def test_a_badge_whose_item_is_gone_is_held_reworded_and_retired(
    session: Session, quiz: Item, teacher: Caller
) -> None:
    put(teacher, "quiz", QUIZ)
    quiz.gone_at = NOW
    session.commit()
    read = get(teacher, "quiz").json

    reworded = put(teacher, "quiz", {**read, "label": "The quiz"})
    held = put(teacher, "quiz", {**read, "state": "held"})
    resumed = put(teacher, "quiz", read)
    retired = put(teacher, "quiz", {**read, "state": "retired"})

    statuses = [a.status_code for a in (reworded, held, resumed, retired)]
    assert statuses == [200, 200, 422, 200]
    assert resumed.json["detail"].startswith(
        'criterion.item: there is no item "quiz-1"'
    )
    assert read["findings"][0].startswith('criterion.item: there is no item "quiz-1"')


def test_what_an_earlier_save_said_of_the_past_waits_for_the_first_look(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    put(teacher, "twice", TWICE)
    course.enabled = False
    session.commit()
    strict = {**TWICE, "threshold": 9}

    put(teacher, "twice", {**strict, "past": {"unmet": "revoke"}})
    put(teacher, "twice", {**strict, "label": "Nine times"})
    before = holders(session, "twice")
    course.enabled = True
    session.commit()
    put(teacher, "twice", {**strict, "label": "Nine"})

    assert (before, holders(session, "twice")) == (1, 0)


@pytest.mark.parametrize(
    "body",
    [
        {**TWICE, "past": {"from": "0001-01-01T00:00:00+12:00"}},
        {**TWICE, "past": {"from": "9999-12-31T23:59:59-12:00"}},
    ],
)
def test_a_moment_that_no_calendar_has_is_refused(
    teacher: Caller, body: dict[str, Any]
) -> None:
    answer = put(teacher, "twice", body)

    assert answer.status_code == 422
    assert answer.json["detail"].startswith("past.from: Value error, that is too")


@pytest.mark.parametrize("depth", [70, 3_000, 20_000])
@pytest.mark.parametrize("field", ["criterion", "source"])
def test_a_body_that_is_nested_deeper_than_it_means_anything_is_refused(
    client: FlaskClient, teacher: Caller, field: str, depth: int
) -> None:
    nested = '{"all":[' * depth + "]}" * depth
    text = json.dumps({**TWICE, field: 0}).replace(": 0", f": {nested}")

    answer = client.put(
        f"{teacher.course}/badges/twice",
        data=text,
        content_type="application/json",
        headers={"Authorization": f"Bearer {teacher.token}"},
    )

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"] == "body: it is nested more than 64 deep"
