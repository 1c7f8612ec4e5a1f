"""A course's words, levels and breaks in its text, and in the courses that follow it."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.feedback.wording import save_messages
from gamification.standings.calendar import Rest, breaks_of, set_breaks
from models import Context, FreeWeek, MessageTemplate, Outbox
from tests.factories import a_context, a_member
from tests.integration.api.test_messages import use
from tests.support.clock import NOW
from tests.support.copying import take, teaching
from tests.support.launches import Caller, a_caller

WINTER = Rest(date(2026, 12, 21), date(2027, 1, 3), "Winter")
HEAD = "version = 1\n"


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session, term_start=date(2026, 9, 1))
    decide(session, course)
    return course


def decide(session: Session, course: Context) -> None:
    """Let a course have words, levels and a break of its own."""
    save_messages(session, course, {"award": "Well done: {badge}!"}, NOW)
    set_breaks(session, course, [WINTER])
    course.level_base, course.level_growth = 30, 125
    session.flush()


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def put(caller: Caller, text: str) -> Any:  # noqa: ANN401 -- a response
    return caller.send_toml("PUT", f"{caller.course}/configuration", text)


def words(session: Session, course: Context) -> dict[str, str]:
    session.rollback()
    query = sa.select(MessageTemplate.kind, MessageTemplate.text).where(
        MessageTemplate.context_id == course.id, MessageTemplate.retired_at.is_(None)
    )
    return dict(session.execute(query).all())


def test_the_text_says_them_and_put_back_changes_nothing(teacher: Caller) -> None:
    text = teacher.get(f"{teacher.course}/configuration").text

    document = tomllib.loads(text)
    assert document["messages"] == {"award": "Well done: {badge}!"}
    assert document["levels"] == {"base": 30, "growth": 1.25}
    assert document["break"] == [
        {"first": WINTER.first, "last": WINTER.last, "name": "Winter"}
    ]
    assert put(teacher, text).json == {"changes": [], "drafts": []}


def test_a_text_makes_the_course_what_it_says(
    session: Session, course: Context, teacher: Caller
) -> None:
    answer = put(
        teacher,
        HEAD
        + '[messages]\naward = ""\nexpiring = "{badge} ends on  {date}."\n'
        + "[levels]\nbase = 40\ngrowth = 2\n"
        + "[[break]]\nfirst = 2027-02-01\nlast = 2027-02-14\n",
    )

    assert answer.json == {
        "changes": [
            "The message “award” is no more the course's own.",
            "The message “expiring” becomes “{badge} ends on {date}.”.",
            (
                "The levels change: 40 points for the first and 2 times as many for "
                "each next, not 30 points for the first and 1.25 times as many for "
                "each next."
            ),
            "The break “Winter” from 2026-12-21 to 2027-01-03 is taken out.",
            "The break from 2027-02-01 to 2027-02-14 is added.",
        ],
        "drafts": [],
    }
    assert words(session, course) == {"expiring": "{badge} ends on {date}."}
    session.refresh(course)
    assert (course.level_base, course.level_growth) == (40, 200)
    assert breaks_of(session, course.id) == [Rest(date(2027, 2, 1), date(2027, 2, 14))]
    weeks = sa.select(sa.func.count()).select_from(FreeWeek)
    assert session.scalar(weeks.where(FreeWeek.context_id == course.id)) == 2
    jobs = sa.select(Outbox.job).where(Outbox.subject_id == course.id)
    assert "evaluate_course" in session.scalars(jobs).all()


def test_what_is_left_out_stays_and_an_empty_list_is_no_break(
    session: Session, course: Context, teacher: Caller
) -> None:
    bare = put(teacher, HEAD)
    none = put(teacher, f"{HEAD}break = []\n")

    assert bare.json["changes"] == []
    assert none.json["changes"] == [
        "The break “Winter” from 2026-12-21 to 2027-01-03 is taken out."
    ]
    assert words(session, course) == {"award": "Well done: {badge}!"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("messages = 3", "line 2, messages: this is not a table of fields"),
        (
            '[messages]\npraise = ""',
            (
                'line 3, messages.praise: there is no message "praise"; there are award, '
                "milestone, expiring, expired, revoked, lifted, renewed, level, "
                "personal_best"
            ),
        ),
        (
            '[messages]\naward = "{name}!"',
            (
                "line 3, messages.award: there is no place {name}; there are {badge}, "
                "{course}"
            ),
        ),
        (
            "[levels]\nbase = 20\ngrowth = 9",
            "line 4, levels, growth: Input should be less than or equal to 5",
        ),
        (
            "[levels]\nbase = 20\ngrowth = 2\nbese = 1",
            "line 5, levels, bese: unknown field; there are base, growth",
        ),
        (
            "[[break]]\nfirst = 2026-12-21\nlast = 2026-12-20",
            "line 2, break 1: it ends before it begins",
        ),
        ("break = 3", "line 2, break: this is not a list; write [[break]]"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_nothing_is_changed(
    session: Session, course: Context, teacher: Caller, text: str, said: str
) -> None:
    answer = put(teacher, f"{HEAD}{text}\n")

    assert (answer.status_code, answer.json["detail"]) == (422, said)
    assert words(session, course) == {"award": "Well done: {badge}!"}


def test_messages_that_the_organisation_keeps_are_changed_by_no_text(
    app: OpenAPI, session: Session, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    use(app, tmp_path, course.tenant.key, ']\nlocked = ["messages"]\n')

    changed = put(teacher, f'{HEAD}[messages]\naward = "Hooray!"\n')
    same = put(teacher, f'{HEAD}[messages]\naward = "Well done: {{badge}}!"\n')

    assert (changed.status_code, same.status_code) == (403, 200)
    assert words(session, course) == {"award": "Well done: {badge}!"}


@pytest.fixture
def new(session: Session, course: Context) -> Context:
    """Build the course of the next term, 364 days later."""
    return a_context(
        session,
        registration=course.registration,
        term_start=date(2026, 9, 1) + timedelta(days=364),
    )


@pytest.fixture
def iris(
    session: Session, client: FlaskClient, course: Context, new: Context
) -> Caller:
    """Return a teacher of both courses, in the new one."""
    member = a_member(session, of=course, name="Iris", role="instructor")
    return teaching(session, client, new, member.user)


MOVED = Rest(date(2027, 12, 20), date(2028, 1, 2), "Winter")


def test_they_come_along_and_twice_is_once(
    session: Session, iris: Caller, course: Context, new: Context
) -> None:
    first, second = take(iris, course), take(iris, course)

    assert first.json["changes"] == [
        "The message “award” becomes “Well done: {badge}!”.",
        (
            "The levels change: 30 points for the first and 1.25 times as many for each "
            "next, not 20 points for the first and 1.5 times as many for each next."
        ),
        "The break “Winter” from 2027-12-20 to 2028-01-02 is added.",
    ]
    assert (second.json["changes"], second.json["stays"]) == ([], [])
    assert words(session, new) == {"award": "Well done: {badge}!"}
    session.refresh(new)
    assert (new.level_base, new.level_growth) == (30, 125)
    assert breaks_of(session, new.id) == [MOVED]


def test_what_the_new_course_decided_stays_and_is_named(
    session: Session, iris: Caller, course: Context, new: Context
) -> None:
    own = Rest(date(2027, 10, 4), date(2027, 10, 10))
    save_messages(session, new, {"award": "Hooray!"}, NOW)
    set_breaks(session, new, [own])
    new.level_base = 50
    session.commit()

    answer = take(iris, course)

    assert answer.json["changes"] == []
    assert answer.json["stays"] == [
        "The message “award” was decided here, and stays.",
        "The levels were chosen here, and stay.",
        "The breaks were decided here, and stay.",
    ]
    assert words(session, new) == {"award": "Hooray!"}
    assert breaks_of(session, new.id) == [own]


def test_breaks_without_a_distance_do_not_come(
    session: Session, iris: Caller, course: Context, new: Context
) -> None:
    new.term_start = None
    session.commit()

    undated = take(iris, course)
    by_hand = take(iris, course, shift_days=364)

    assert undated.json["stays"] == [
        "No break comes: give shift_days, or both courses' terms."
    ]
    assert by_hand.json["changes"] == [
        "The break “Winter” from 2027-12-20 to 2028-01-02 is added."
    ]
    session.rollback()
    assert breaks_of(session, new.id) == [MOVED]


def test_locked_messages_do_not_come_and_that_is_said(
    app: OpenAPI,
    session: Session,
    iris: Caller,
    course: Context,
    new: Context,
    tmp_path: Path,
) -> None:
    use(app, tmp_path, new.tenant.key, ']\nlocked = ["messages"]\n')

    answer = take(iris, course)

    assert answer.json["stays"] == [
        "What learners are told is kept as it is by the organisation."
    ]
    assert words(session, new) == {}
