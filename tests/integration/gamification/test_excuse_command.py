"""`flask person excuse`, as an operator types it."""

from datetime import date

import pytest
import sqlalchemy as sa
from click.testing import Result
from sqlalchemy.orm import Session

from gamification.standings.calendar import Rest, excused_of, weeks_free_for
from models import Context, ExcusedPeriod, Membership, Outbox
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import Flask
from tests.support.merging import merged

FIRST = ("--from", "2026-11-02", "--to", "2026-11-15")
THEN = ("--from", "2026-11-23", "--to", "2026-11-29")


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course, name="Ada Ahorn")
    session.commit()
    return ada


def excuse(flask: Flask, user: str, *words: str) -> Result:
    return flask("person", "excuse", "--course", "42", "--user", user, *words)


def test_leave_is_added_and_taken_back(
    flask: Flask, session: Session, ada: Membership
) -> None:
    user = ada.user.public_id

    told = [
        excuse(flask, user, *words, "--tenant", "acme")
        for words in (THEN, FIRST, FIRST, ("--clear",))
    ]

    both = [
        f"{user} excused 2026-11-02 2026-11-15",
        f"{user} excused 2026-11-23 2026-11-29",
    ]
    assert [one.stdout.splitlines() for one in told] == [
        both[1:],
        both,
        both,
        [f"{user} has no leave"],
    ]
    session.rollback()
    assert "Ada" not in "".join(one.output for one in told)
    assert excused_of(session, ada) == []


def test_leave_under_an_id_that_was_given_up_is_the_kept_ones(
    flask: Flask, session: Session, course: Context, ada: Membership
) -> None:
    twin = a_member(session, of=course, name="Ada A.")
    old, user = twin.user.public_id, ada.user.public_id
    merged(session, ada, twin)
    session.commit()

    told = excuse(flask, old, *FIRST)

    assert told.stdout == f"{user} excused 2026-11-02 2026-11-15\n"
    session.rollback()
    assert [len(excused_of(session, member)) for member in (ada, twin)] == [1, 0]
    assert excuse(flask, old, "--clear").stdout == f"{user} has no leave\n"


def test_an_id_that_was_given_up_means_a_place_that_has_moved(
    flask: Flask, session: Session, course: Context
) -> None:
    other = a_context(session, registration=course.registration, lti_id="43")
    kept = a_member(session, of=other)
    moved = a_member(session, of=course)
    old, user = moved.user.public_id, kept.user.public_id
    merged(session, kept, moved)
    session.commit()

    told = excuse(flask, old, *FIRST)

    assert told.output == f"{user} excused 2026-11-02 2026-11-15\n"
    session.rollback()
    assert len(excused_of(session, moved)) == 1


def test_leave_frees_weeks_and_everybody_is_looked_at_again(
    flask: Flask, session: Session, ada: Membership
) -> None:
    assert excuse(flask, ada.user.public_id, *FIRST).exit_code == 0

    session.rollback()
    assert excused_of(session, ada) == [Rest(date(2026, 11, 2), date(2026, 11, 15))]
    assert len(weeks_free_for(session, ada)) == 2
    assert session.scalars(sa.select(ExcusedPeriod.made_by)).all() == ["operator"]
    assert "evaluate_course" in session.scalars(sa.select(Outbox.job)).all()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Say the days with --from and --to, or --clear."),
        (("--from", "2026-11-02"), 2, "Say the days with --from and --to"),
        ((*FIRST, "--clear"), 2, "Say the days with --from and --to"),
        (("--from", "soon", "--to", "2026-11-15"), 2, "'soon' does not match"),
        (("--from", "2026-11-15", "--to", "2026-11-02"), 1, "ends before it begins"),
        (("--from", "2026-11-15", "--to", "2028-11-02"), 1, "longer than 366 days"),
    ],
)
def test_what_is_no_leave_is_refused_and_nothing_written(
    flask: Flask,
    session: Session,
    ada: Membership,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    told = excuse(flask, ada.user.public_id, *words)

    assert told.exit_code == code
    assert said in told.stderr
    session.rollback()
    assert excused_of(session, ada) == []


def test_a_person_or_a_course_that_is_not_there_is_said(
    flask: Flask, course: Context
) -> None:
    nobody = excuse(flask, "nobody", *FIRST)
    elsewhere = flask(
        "person", "excuse", "--course", "no-such", "--user", "x", "--clear"
    )

    assert (nobody.exit_code, elsewhere.exit_code) == (1, 2)
    assert "Nobody in the course has this id" in nobody.stderr
    assert elsewhere.stderr.endswith("`flask course list` lists them.\n")
