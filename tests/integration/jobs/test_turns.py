"""A course is read by one at a time."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Response
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import Honest
from jobs import outbox
from jobs.freshness import freshness
from jobs.sync import sync_course
from jobs.turns import NotItsTurn, turn
from jobs.worker import FOR_A_COURSE, run_outbox
from models import Outbox
from models.db import db
from tests.support.clock import Clock
from tests.support.syncing import Desk, a_course


def may_take(app: OpenAPI, context_id: int = 1) -> bool:
    with app.app_context():
        try:
            with turn(db.session(), context_id):
                return True
        except NotItsTurn:
            return False


def test_a_turn_holds_its_course_alone_until_it_ends(app: OpenAPI) -> None:
    with app.app_context(), turn(db.session(), 1):
        during = may_take(app, 1), may_take(app, 2)

    assert during == (False, True)
    assert may_take(app, 1)


def test_a_turn_ends_with_the_work_that_failed(app: OpenAPI) -> None:
    with app.app_context(), pytest.raises(RuntimeError), turn(db.session(), 1):
        raise RuntimeError

    assert may_take(app)


def test_a_worker_that_died_blocks_its_course_for_three_minutes(
    app: OpenAPI, clock: Clock
) -> None:
    with app.app_context(), ExitStack() as died:
        died.enter_context(turn(db.session(), 1))

        clock.advance(timedelta(minutes=2, seconds=59))
        assert not may_take(app)
        clock.advance(timedelta(seconds=1))
        assert may_take(app)


def test_a_turn_that_is_renewed_lasts(app: OpenAPI, clock: Clock) -> None:
    with app.app_context(), turn(db.session(), 1) as ours:
        for _ in range(5):
            clock.advance(timedelta(minutes=2))
            ours.renew()
            db.session.commit()
            assert not may_take(app)

    assert may_take(app)


def test_who_comes_back_late_neither_renews_nor_ends_another_s_turn(
    app: OpenAPI, clock: Clock
) -> None:
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        with turn(db.session(), 1) as late:
            clock.advance(timedelta(minutes=4))
            stack.enter_context(turn(db.session(), 1))
            clock.advance(timedelta(minutes=2))
            late.renew()
            db.session.commit()

        assert not may_take(app)
        clock.advance(timedelta(minutes=1))
        assert may_take(app)


def test_of_many_who_come_at_once_one_has_the_turn(app: OpenAPI) -> None:
    meeting, leaving = Barrier(6), Barrier(6)

    def come(_number: int) -> bool:
        meeting.wait(10)
        with app.app_context():
            try:
                with turn(db.session(), 1):
                    leaving.wait(10)
                    return True
            except NotItsTurn:
                leaving.wait(10)
                return False

    with ThreadPoolExecutor(max_workers=6) as threads:
        assert sorted(threads.map(come, range(6))) == [False] * 5 + [True]


def while_it_is_read(desk: Desk) -> list[list[tuple[str, bool]]]:
    """Let a human ask while a course is read; return what waits then, and after."""
    seen: list[list[tuple[str, bool]]] = []

    def ask_and_work(honest: Honest) -> Response:
        if not seen:
            desk.ask(now_please=True)
            with desk.app.app_context():
                for row in outbox.take(db.session(), desk.app.extensions["clock"]()):
                    run_outbox(row)
            seen.append(waiting(desk.session))
        return honest()

    desk.registered.campus.faults.on("results", ask_and_work)
    assert desk.sync().ok
    seen.append(waiting(desk.session))
    return seen


def waiting(session: Session) -> list[tuple[str, bool]]:
    """Return what the outbox holds, and whether a worker has taken it."""
    session.rollback()
    rows = session.execute(sa.select(Outbox.job, Outbox.taken_at.is_not(None)))
    return [(job, bool(is_taken)) for job, is_taken in rows]


def test_who_asks_while_a_course_is_read_is_not_forgotten(
    desk: Desk, clock: Clock
) -> None:
    during, after = while_it_is_read(desk)

    assert during == after == [("sync_course_now", False)]
    assert desk.registered.campus.traffic.count("memberships") == 1
    clock.advance(timedelta(seconds=30))
    with desk.app.app_context():
        assert freshness(db.session(), db.session.merge(desk.context)).is_waiting
        for row in outbox.take(db.session(), clock()):
            outbox.run(row, FOR_A_COURSE)
    assert waiting(desk.session) == []
    assert desk.registered.campus.traffic.count("memberships") == 2


def test_courses_of_one_platform_do_not_wait_for_each_other(desk: Desk) -> None:
    other = a_course(desk.session, desk.registered, lti_id="other").id
    desk.session.rollback()
    read = []

    def come_between(honest: Honest) -> Response:
        with desk.app.app_context():
            read.append(sync_course(other).context_id)
        return honest()

    desk.registered.campus.faults.on("memberships", come_between, times=1)

    assert desk.sync().ok
    assert read == [other]


def test_each_thing_that_is_written_renews_the_turn(desk: Desk, clock: Clock) -> None:
    course, taken = desk.context.id, []

    def think_long(honest: Honest) -> Response:
        clock.advance(timedelta(minutes=2))
        taken.append(may_take(desk.app, course))
        return honest()

    for call in ("memberships", "lineitems", "results"):
        desk.registered.campus.faults.on(call, think_long)

    assert desk.sync().ok
    assert taken == [False] * 4
    assert may_take(desk.app, course)
