"""`flask scoring …`, as an operator types it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, Outbox, Scoring
from tests.factories import POINT, an_item
from tests.integration.gamification.conftest import Flask

SUBMITTED = ("--course", "42", "--kind", "submitted")


def test_a_weight_is_shown_tried_and_set(
    flask: Flask, session: Session, course: Context
) -> None:
    flask("gamification", "recompute", "--tenant", "acme")

    before = flask("scoring", "show", "--course", "42")
    tried = flask("scoring", "preview", *SUBMITTED, "--weight", "26.5")
    saved = flask("scoring", "set", *SUBMITTED, "--weight", "26.5", "--daily-cap", "50")
    again = flask("scoring", "set", *SUBMITTED, "--weight", "26.5", "--daily-cap", "50")
    after = flask("scoring", "show", "--course", "42")

    assert before.stdout.splitlines() == [
        "as shipped",
        "submitted: 2",
        "posted: 1, 5 a day at most",
        "completed: 3",
        "graded: 5",
    ]
    assert tried.stdout.splitlines() == [
        "3 people with other points: 3 up, 0 down, 24.5 at most",
        "  contributor +3",
    ]
    assert saved.stdout == "saved; the worker counts the course anew\n"
    assert again.stdout == "as it was\n"
    assert after.stdout.splitlines()[:2] == [
        "version 1",
        "submitted: 26.5, 50 a day at most",
    ]
    session.rollback()
    assert session.scalars(sa.select(Outbox.job)).all() == ["recount_course"]


def test_a_day_begins_where_the_course_is(
    flask: Flask, session: Session, course: Context
) -> None:
    course.time_zone = "Asia/Tokyo"
    an_item(session, of=course, key="quiz-1")
    session.commit()

    of_item = ("--weight", "9", "--item", "quiz-1", "--from", "2026-12-01")
    result = flask("scoring", "set", *SUBMITTED, *of_item)

    session.rollback()
    (row,) = session.scalars(sa.select(Scoring))
    assert result.exit_code == 0
    assert (row.weight, row.version) == (9 * POINT, 1)
    assert row.effective_from.isoformat() == "2026-11-30T15:00:00+00:00"


def test_what_cannot_be_is_said(flask: Flask, course: Context) -> None:
    strange = flask("scoring", "set", *SUBMITTED, "--weight", "9", "--item", "quiz-9")
    words = flask("scoring", "set", *SUBMITTED, "--weight", "many")

    assert strange.stderr == (
        'Error: item: there is no item "quiz-9"; there are none yet\n'
    )
    assert "points are a number from 0 to 1000 with six decimals" in words.stderr
    assert (strange.exit_code, words.exit_code) == (1, 2)
