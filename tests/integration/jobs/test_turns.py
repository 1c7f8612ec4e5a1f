"""A course is read by one at a time, and so is a platform's host."""

from collections.abc import Sequence
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


def may_take(app: OpenAPI, names: Sequence[str]) -> bool:
    with app.app_context():
        try:
            with turn(db.session(), names):
                return True
        except NotItsTurn:
            return False


def test_a_turn_holds_all_of_its_names_until_it_ends(app: OpenAPI) -> None:
    with app.app_context(), turn(db.session(), ["course 1", "host lms.example"]):
        during = [
            may_take(app, names)
            for names in (
                ["course 1"],
                ["course 2", "host lms.example"],
                ["course 2", "host other.example"],
            )
        ]

    assert during == [False, False, True]
    assert may_take(app, ["course 1", "host lms.example"])


def test_a_turn_ends_with_the_work_that_failed(app: OpenAPI) -> None:
    with (
        app.app_context(),
        pytest.raises(RuntimeError),
        turn(db.session(), ["course 1"]),
    ):
        raise RuntimeError

    assert may_take(app, ["course 1"])


def test_a_worker_that_died_blocks_nobody_for_longer_than_half_an_hour(
    app: OpenAPI, clock: Clock
) -> None:
    with app.app_context(), ExitStack() as died:
        died.enter_context(turn(db.session(), ["course 1"]))

        clock.advance(timedelta(minutes=29))
        assert not may_take(app, ["course 1"])
        clock.advance(timedelta(minutes=2))
        assert may_take(app, ["course 1"])


def test_who_comes_back_late_does_not_end_another_s_turn(
    app: OpenAPI, clock: Clock
) -> None:
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        with turn(db.session(), ["course 1"]):
            clock.advance(timedelta(minutes=31))
            stack.enter_context(turn(db.session(), ["course 1"]))

        assert not may_take(app, ["course 1"])


def test_of_many_who_come_at_once_one_has_the_turn(app: OpenAPI) -> None:
    meeting, leaving = Barrier(6), Barrier(6)

    def come(number: int) -> bool:
        names = ["course 1", "host a", "host b"]
        meeting.wait(10)
        with app.app_context():
            try:
                with turn(db.session(), names if number % 2 else names[::-1]):
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


def test_a_platform_s_host_is_asked_about_one_course_at_a_time(
    desk: Desk,
) -> None:
    other = a_course(desk.session, desk.registered, lti_id="other").id
    desk.session.rollback()
    refused = []

    def come_between(honest: Honest) -> Response:
        with desk.app.app_context():
            try:
                sync_course(other)
            except NotItsTurn:
                refused.append(other)
        return honest()

    desk.registered.campus.faults.on("memberships", come_between, times=1)

    assert desk.sync().ok
    assert refused == [other]
    with desk.app.app_context():
        assert sync_course(other).sources != ()
