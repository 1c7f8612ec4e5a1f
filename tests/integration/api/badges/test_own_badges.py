"""`PUT …/badges/{key}`: a course's own badges, as its teachers write them."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.awards import evaluate_course
from models import Badge, Context, Membership, Outbox, StreamEvent
from tests.factories import a_member, an_item
from tests.support.badges import TWICE, Answer, get, holders, put, versions
from tests.support.launches import Caller, a_caller


def test_a_new_badge_is_there_and_its_learners_have_it(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    answer = put(teacher, "twice", TWICE)

    assert answer.status_code == 201
    assert (
        answer.json
        == get(teacher, "twice").json
        == {
            "key": "twice",
            "label": "Twice",
            "icon": "🏅",
            "description": "",
            "criterion": {"metric": "events", "at_least": 2},
            "sentence": "Contribute 2 times",
            "policy": "keep",
            "valid_days": None,
            "state": "active",
            "held_at": None,
            "origin": "course",
            "version": 1,
            "effective_from": None,
            "versions": [
                {
                    "number": 1,
                    "label": "Twice",
                    "created_at": "2026-11-22T10:00:00Z",
                    "retired_at": None,
                    "effective_from": None,
                }
            ],
            "findings": [],
            "locked": False,
            "source": None,
            "proposal": None,
        }
    )
    assert holders(session, "twice") == 1


def test_what_was_read_can_be_sent_back_and_changes_nothing(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    read = get(teacher, "author")

    answer = put(teacher, "author", read.json, If_Match=read.headers["ETag"])

    assert (answer.status_code, answer.json) == (200, read.json)
    assert answer.headers["ETag"] == read.headers["ETag"]
    assert (versions(session, "author"), read.json["origin"]) == ([1], "shipped")


def test_of_two_who_change_a_badge_the_second_is_told(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    made = put(teacher, "twice", TWICE, If_None_Match="*")
    again = put(teacher, "twice", TWICE, If_None_Match="*")
    tag = made.headers["ETag"]

    first = put(teacher, "twice", {**TWICE, "threshold": 3}, If_Match=tag)
    second = put(teacher, "twice", {**TWICE, "threshold": 4}, If_Match=tag)
    stranger = put(teacher, "thrice", TWICE, If_Match=tag)

    answers = (made, again, first, second, stranger)
    assert [a.status_code for a in answers] == [201, 412, 200, 412, 412]
    assert get(teacher, "twice").json["criterion"]["at_least"] == 3
    assert versions(session, "twice") == [1, 2]
    assert get(teacher, "thrice").status_code == 404


def test_a_shipped_badge_that_is_changed_is_the_courses_own_until_it_is_reset(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    before = get(teacher, "author").json

    changed = put(teacher, "author", {**before, "label": "Writer"}).json
    back: Any = teacher.send("POST", f"{teacher.course}/badges/author/reset").json

    assert (changed["label"], changed["origin"]) == ("Writer", "course")
    assert (back["label"], back["origin"], back["version"]) == ("Author", "shipped", 3)
    assert versions(session, "author") == [1, 2, 3]


def test_what_no_layer_below_has_cannot_be_put_back(
    ada: Membership, teacher: Caller
) -> None:
    put(teacher, "twice", TWICE)

    path = f"{teacher.course}/badges/twice/reset"
    answer: Any = teacher.send("POST", path)

    assert answer.status_code == 409
    assert answer.json["detail"] == (
        "No layer below the course has a badge of this key: retire it instead."
    )


@pytest.mark.parametrize(
    ("badge", "detail"),
    [
        (
            {"criterion": {"metric": "completed", "item": "quiz-9"}},
            'criterion.item: there is no item "quiz-9"; there are quiz-1 (Quiz 1), ',
        ),
        (
            {"criterion": {"badge": "owl"}},
            'criterion.badge: there is no badge "owl"; there are first_contribution, ',
        ),
        (
            {"criterion": {"metric": "charm", "at_least": 1}},
            "criterion.metric: there is no metric 'charm'; there are score, events, ",
        ),
        (
            {"criterion": {"badge": "twice"}},
            "criterion: badges ask for each other: twice → twice",
        ),
        ({"metric": "score"}, "criterion: give a criterion, or a metric and a thresh"),
        (
            {"metric": "score", "threshold": 0},
            "Everybody meets it before doing anything.",
        ),
        ({}, "It has no rule yet. Change the rule, or save it as a draft."),
        (
            {"criterion": {"metric": "events", "at_most": 3}},
            (
                "Everybody meets it before doing anything. "
                "Change the rule, or save it as a draft."
            ),
        ),
        (
            {"criterion": {"metric": "events", "at_least": 3, "period": "term"}},
            "The course has no term dates, so nothing counts in its term. Change",
        ),
        (
            {"criterion": {"metric": "active_days", "at_least": 8, "last_days": 7}},
            'Nobody can meet "Be active on 8 different days within the last 7 days": 7',
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_and_says_what_there_is(
    session: Session,
    course: Context,
    ada: Membership,
    teacher: Caller,
    badge: Answer,
    detail: str,
) -> None:
    an_item(session, of=course, key="quiz-1").position = -1
    session.commit()
    put(teacher, "twice", TWICE)

    answer = put(teacher, "twice" if "twice" in detail else "new", badge)

    assert answer.status_code == 422
    assert answer.json["detail"].startswith(detail), answer.json["detail"]
    assert get(teacher, "new").status_code == 404


def test_more_people_than_an_answer_waits_for_are_looked_at_by_a_job(
    session: Session, app: OpenAPI, course: Context, ada: Membership, teacher: Caller
) -> None:
    for _ in range(200):
        a_member(session, of=course)
    session.commit()

    told = sa.select(StreamEvent.id).where(StreamEvent.kind == "award")
    news = len(session.scalars(told).all())
    session.commit()
    put(teacher, "twice", TWICE)
    before = holders(session, "twice")
    with app.app_context():
        evaluate_course(course.id)

    jobs = session.scalars(sa.select(Outbox.job)).all()
    assert (before, holders(session, "twice"), jobs) == (0, 1, ["evaluate_course"])
    assert len(session.scalars(told).all()) == news


def test_a_learner_reads_no_rule_and_writes_none(
    session: Session, client: FlaskClient, ada: Membership, teacher: Caller
) -> None:
    learner = a_caller(session, client, member=ada)
    put(teacher, "twice", TWICE)

    answers = (get(learner, "twice"), put(learner, "twice", TWICE))

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_course_has_no_more_badges_than_can_be_looked_at(
    session: Session, app: OpenAPI, course: Context, teacher: Caller
) -> None:
    session.add_all(
        Badge(context_id=course.id, key=f"b{n}", state="retired") for n in range(195)
    )
    session.commit()

    answer = put(teacher, "twice", TWICE)

    assert answer.status_code == 409
    assert answer.json["detail"] == (
        "A course has 200 badges at most, those that are retired included: "
        "take the key of one of these."
    )


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
