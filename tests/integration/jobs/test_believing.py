"""`POST …/sync` with `accept`: a human's word for one reading, and for no other."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.faults import status
from jobs import outbox, rosters, sync
from jobs.clock import now
from jobs.sync import sync_due_courses
from jobs.turns import turn
from jobs.worker import FOR_A_COURSE
from models import Outbox
from models.db import db
from tests.support.believing import (
    CLEARED,
    KNOWN,
    LEAVERS,
    TENTH,
    active,
    ask,
    error,
    let_be_cut,
    words,
)
from tests.support.clock import Clock
from tests.support.enrolling import learners
from tests.support.grading import an_item, grade
from tests.support.launches import Caller
from tests.support.syncing import Desk
from tests.support.waiting import work_off


class Killed(BaseException):
    """A worker that dies: nobody catches it."""


def test_a_roster_cut_off_keeps_everybody_until_a_teacher_believes_it(
    cut: Desk, teacher: Caller, clock: Clock
) -> None:
    asked = ask(teacher)
    work_off(cut.app)
    kept, question = active(cut), error(cut)

    accepted = ask(teacher, LEAVERS)
    work_off(cut.app)

    assert (asked.status_code, accepted.status_code) == (202, 202)
    assert accepted.json == {"state": "asked"}
    assert kept == KNOWN
    assert "lacks 17 of 19 people" in question
    assert "a teacher says so on the course's page" in question
    assert "--accept-leavers" in question
    assert (active(cut), error(cut)) == (TENTH, "")


def test_the_reading_after_one_that_was_believed_is_careful_again(
    desk: Desk, cut: Desk, teacher: Caller, session: Session, clock: Clock
) -> None:
    ask(teacher, LEAVERS)
    work_off(cut.app)
    desk.registered.campus.faults.off()
    assert desk.sync().ok
    back = active(desk)
    let_be_cut(desk)

    clock.advance(timedelta(hours=2))
    with desk.app.app_context():
        assert sync_due_courses() == 1
    work_off(desk.app)

    assert words(session) == []
    assert (back, active(desk)) == (KNOWN, KNOWN)
    assert "lacks 17 of 19 people" in error(desk)


def test_scores_that_vanished_are_believed_once(
    desk: Desk, teacher: Caller, session: Session, clock: Clock
) -> None:
    essay = an_item(desk, "Essay", link=desk.registered.cast.link.number)
    people = learners(desk, 8)

    def read(percent: int | None, body: object = None) -> object:
        """Mark six of eight alike, ask, and tell what is known of the first."""
        for person in people[:6]:
            grade(desk, person, percent, essay)
        ask(teacher, body)
        work_off(desk.app)
        clock.advance(timedelta(minutes=1))
        return desk.facts()[people[0].sub, "essay"][0]

    for person in people[6:]:
        grade(desk, person, 50, essay)
    before = [read(50), read(None)]
    believed = read(None, CLEARED)
    after = [read(60), read(None)]

    assert before == ["normal", "normal"]
    assert (believed, words(session)) == ("withdrawn", [])
    assert after == ["normal", "normal"]


def test_what_is_believed_is_not_lost_where_the_job_waits_already(
    cut: Desk, teacher: Caller, session: Session
) -> None:
    ask(teacher)
    ask(teacher, LEAVERS)
    ask(teacher, {})
    session.rollback()
    waiting = session.scalars(sa.select(Outbox.job)).all()
    work_off(cut.app)

    assert waiting.count("sync_course_now") == 1
    assert (active(cut), words(session)) == (TENTH, [])


def test_a_worker_that_dies_before_it_reads_loses_no_word(
    cut: Desk, teacher: Caller, clock: Clock
) -> None:
    ask(teacher, LEAVERS)
    with cut.app.app_context():
        assert outbox.take(db.session(), now())

    clock.advance(outbox.LOST_AFTER + timedelta(minutes=1))
    work_off(cut.app)

    assert active(cut) == TENTH


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_that_dies_while_it_reads_believes_one_roster(
    desk: Desk,
    cut: Desk,
    teacher: Caller,
    session: Session,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    def die(*_given: object) -> None:
        raise Killed

    ask(teacher, LEAVERS)
    with monkeypatch.context() as patch:
        if where == "before":
            patch.setitem(sync.WORKS, "roster", die)
        else:
            patch.setattr(rosters, "regroup", die)
        with pytest.raises(Killed):
            work_off(desk.app)
    then = active(desk), words(session)
    if where == "after":
        desk.registered.campus.faults.off()
        assert desk.sync().ok
        let_be_cut(desk)
    clock.advance(outbox.LOST_AFTER + timedelta(minutes=1))
    work_off(desk.app)

    if where == "before":
        assert (then, active(desk)) == ((KNOWN, ["roster"]), TENTH)
    else:
        assert (then, active(desk)) == ((TENTH, []), KNOWN)


def test_a_reading_that_failed_leaves_the_word_for_the_next(
    desk: Desk, cut: Desk, teacher: Caller, session: Session, clock: Clock
) -> None:
    desk.registered.campus.faults.off()
    desk.registered.campus.faults.on("memberships", status(500))
    ask(teacher, LEAVERS)
    work_off(desk.app)
    desk.registered.campus.faults.off()
    let_be_cut(desk)

    clock.advance(timedelta(hours=7))
    desk.sync()

    assert (words(session), active(desk)) == ([], TENTH)


def test_what_is_said_while_it_is_read_is_for_the_next_reading(
    desk: Desk, cut: Desk, teacher: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = sync.WORKS["roster"]

    def read_while_somebody_decides(step: Any) -> None:  # noqa: ANN401 -- a step
        monkeypatch.setitem(sync.WORKS, "roster", read)
        assert ask(teacher, LEAVERS).status_code == 202
        read(step)

    monkeypatch.setitem(sync.WORKS, "roster", read_while_somebody_decides)
    desk.sync()
    first = active(desk)
    work_off(desk.app)

    assert (first, active(desk)) == (KNOWN, TENTH)


def test_a_word_outlives_a_turn_that_is_not_ours(
    cut: Desk, teacher: Caller, session: Session, clock: Clock
) -> None:
    ask(teacher, LEAVERS)
    context_id = cut.context.id
    session.rollback()
    with cut.app.app_context(), turn(db.session(), context_id):
        for row in outbox.take(db.session(), now()):
            outbox.run(row, FOR_A_COURSE)
    waiting = words(session), active(cut)

    clock.advance(timedelta(minutes=1))
    work_off(cut.app)

    assert waiting == (["roster"], KNOWN)
    assert active(cut) == TENTH


def test_a_word_that_no_reading_came_for_is_none_after_a_day(
    cut: Desk, teacher: Caller, clock: Clock
) -> None:
    ask(teacher, LEAVERS)

    clock.advance(timedelta(days=1))
    work_off(cut.app)

    assert active(cut) == KNOWN
