from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.activity.item_sets import SetTold, set_item_sets
from models import Context, Membership
from tests.factories import a_member, an_item
from tests.support.badges import Answer
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course

TERM = {"term_start": date(2026, 11, 2), "term_end": date(2027, 1, 31)}
EVERYBODY = "Everybody meets it before doing anything."
PACE = "the 2 activities give 16 at most, and every day 5 more"
QUIZ = {"metric": "percent", "item": "quiz-1"}
LISTED = {"metric": "percent", "items": ["quiz-1"]}
DONE = {"metric": "completed", "item": "quiz-1"}
UNIT = {"metric": "completed", "item_set": "unit-1"}
UNUSABLE: list[tuple[Answer, str]] = [
    (
        {"metric": "active_days", "at_least": 8, "last_days": 7},
        (
            'Nobody can meet "Be active on 8 different days within the last 7 days": 7 is '
            "the most there is."
        ),
    ),
    ({"metric": "events", "at_most": 3}, EVERYBODY),
    (
        {"metric": "completed", "item": "quiz-9"},
        (
            'criterion.item: there is no item "quiz-9"; there are quiz-1 (Quiz 1), '
            "quiz-2 (Quiz 2)"
        ),
    ),
    (
        {"all": [{"metric": "completed", "item_set": "unit-9"}]},
        (
            'criterion.item_set: there is no item set "unit-9"; there are unit-1 '
            "(Unit 1)"
        ),
    ),
    (
        {"badge": "owl"},
        (
            'criterion.badge: there is no badge "owl"; there are first_contribution, '
            "contributor, prolific, author, regular"
        ),
    ),
    ({"metric": "score", "at_least": 0}, EVERYBODY),
    ({"metric": "time_spent", "at_least": -60}, EVERYBODY),
    ({"metric": "events", "more_than": -1}, EVERYBODY),
    (
        {"all": [{"metric": "score", "at_least": 0}, {**QUIZ, "at_least": 50}]},
        'Everybody meets "Earn 0 points".',
    ),
    (
        {**QUIZ, "at_least": 0},
        'Whatever the result is, it meets "Reach 0 % in quiz-1".',
    ),
    (
        {"metric": "score", "at_most": -1},
        'Nobody can meet "Earn at most -1 points": nothing is below 0.',
    ),
    (
        {"all": [{**QUIZ, "at_least": 80}, {"none": [{**QUIZ, "at_least": 50}]}]},
        'Nobody can meet "Reach 80 % in quiz-1": "Reach 50 % in quiz-1" is ruled out.',
    ),
    (
        {
            "none": [
                {"metric": "events", "at_most": 5},
                {"metric": "events", "at_least": 3},
            ]
        },
        "Nobody can meet it: both ",
    ),
    (
        {"all": [DONE, {"none": [{"metric": "completed", "items": ["quiz-1"]}]}]},
        'Nobody can meet "Complete ',
    ),
    (
        {"all": [{**LISTED, "at_least": 80}, {**QUIZ, "at_most": 50}]},
        "Nobody can meet both ",
    ),
]
DOUBTED: list[tuple[Answer, str]] = [
    (
        {"metric": "score", "at_least": 300},
        f"Nobody can reach 300 points before week 9 (28 December 2026): {PACE}.",
    ),
    (
        {"metric": "score", "at_least": 300, "by": "2026-12-01"},
        f"Nobody can reach 300 points by 1 December 2026: {PACE}.",
    ),
    (UNIT, "Unit 1 has no items yet: nothing counts in it."),
    (
        {"all": [{"badge": "idea"}, {"metric": "events", "at_least": 1}]},
        'Nobody gains the badge "idea" for now: it is a draft.',
    ),
    (
        {"metric": "completed", "at_least": 10_000},
        (
            'Nobody can meet "Complete 10000 activities" yet: 2 is the most in the '
            "course so far."
        ),
    ),
    (
        {"all": [{"metric": "authored", "between": [3, 9]}]},
        (
            'Nobody can meet "Hand in or post 3 to 9 different pieces of work" yet: 2 is '
            "the most in the course so far."
        ),
    ),
    (
        {"metric": "time_spent", "at_least": 3600},
        (
            'Nobody can raise "time_spent" here yet: the course reports no time that is '
            "spent."
        ),
    ),
]


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course of a term with two activities, an empty module and a post."""
    course = a_live_course(session, **TERM)
    for key in ("quiz-1", "quiz-2"):
        an_item(session, of=course, key=key)
    tell(session, course)
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course)
    post = Fact(
        context_id=course.id,
        membership_id=ada.id,
        kind="posted",
        occurred_at=NOW,
        source="test",
    )
    record(session, [post], NOW, environment=True)
    session.commit()
    return ada


def tell(session: Session, course: Context, *items: int) -> None:
    told = SetTold("unit-1", "module", "Unit 1", items)
    set_item_sets(session, course, "test", [told], NOW)
    session.commit()


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")
