"""Two that wait for each other: PostgreSQL breaks one off, and both get through.

On SQLite one waits for the other from the start.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Event
from time import sleep
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Context, LaunchSession, Outbox
from models.db import db
from models.locks import begin_write, lock_course, retried
from tests.conformance.stage import Stage
from tests.factories import a_context
from tests.support.clock import Clock
from tests.support.databases import Database
from tests.support.launches import Caller, a_caller, a_live_course
from tests.support.platform import Registered

A_MOMENT = 0.3
"""Whoever waits longer is the one who is broken off."""


def test_two_transactions_that_deadlock_both_succeed(
    database: Database, engine: sa.Engine, session: Session
) -> None:
    courses = [a_context(session, board_top=0).id for _ in range(2)]
    session.commit()
    meeting, tries = Barrier(2), []

    def count(first: int, second: int) -> None:
        def add(own: Session, course: int) -> None:
            one_more = sa.update(Context).values(board_top=Context.board_top + 1)
            own.execute(one_more.where(Context.id == course))

        def work() -> None:
            tries.append(first)
            begin_write(own)
            add(own, first)
            with suppress(BrokenBarrierError):
                meeting.wait(timeout=1)
            add(own, second)
            own.commit()

        with Session(engine) as own:
            retried(own, work)

    with ThreadPoolExecutor() as threads:
        list(threads.map(count, courses, reversed(courses)))

    assert session.scalars(sa.select(Context.board_top)).all() == [2, 2]
    assert len(tries) == {"sqlite": 2, "postgresql": 3}[database.name]


@contextmanager
def asked_for(app: OpenAPI, *words: str) -> Iterator[Event]:
    """Tell when the application sends a statement that holds one of these words."""
    asked = Event()

    def note(*arguments: object) -> None:
        if any(word in str(arguments[2]) for word in words):
            asked.set()

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


def crossed(
    app: OpenAPI,
    words: str,
    request: Callable[[], TestResponse],
    mine: tuple[Callable[[], Any], Callable[[], Any]],
) -> TestResponse:
    """Take one thing, let a request wait for it, and take what the request holds."""
    first, second = mine
    with asked_for(app, words, "IMMEDIATE") as asked, ThreadPoolExecutor() as threads:
        first()
        requested = threads.submit(request)
        assert asked.wait(10)
        sleep(A_MOMENT)
        second()
        return requested.result()


def test_a_launch_that_a_deadlock_broke_off_is_opened_all_the_same(
    app: OpenAPI, registered: Registered, session: Session, clock: Clock
) -> None:
    stage = Stage(app, registered, session)
    stage.launch()
    course = session.scalars(sa.select(Context)).one()
    course.enabled = True
    course_id = course.id
    session.commit()
    stage.launch()  # the platform's keys are known, and the course has its badges
    clock.advance(timedelta(minutes=2))
    begun = stage.begin()
    token = stage.token(begun)
    row = sa.update(Context).where(Context.id == course_id).values(board_top=7)

    def change() -> None:
        begin_write(session)
        session.execute(row)

    def lock() -> None:
        lock_course(session, course_id)
        session.commit()

    answer = crossed(
        app, "UPDATE context", lambda: stage.post(begun, token), (change, lock)
    )

    assert answer.status_code == 200
    assert stage.sessions() == 3
    asked = sa.select(sa.func.count()).where(Outbox.job == "sync_course")
    assert session.scalar(asked) == 1
    found = session.get_one(Context, course_id, populate_existing=True)
    assert (found.last_launch_at, found.board_top) == (clock(), 7)
    newest = sa.select(sa.func.max(LaunchSession.created_at))
    assert session.scalar(newest) == clock()


def test_settings_that_a_deadlock_broke_off_are_saved_all_the_same(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, board_enabled=True)
    course_id = course.id
    teacher = a_caller(session, client, of=course, role="instructor")
    row = sa.update(Context).where(Context.id == course_id).values(title="Renamed")

    def change() -> None:
        begin_write(session)
        session.execute(row)

    def lock() -> None:
        lock_course(session, course_id)
        session.commit()

    answer = crossed(
        app, "UPDATE context", lambda: take_everybody(teacher), (change, lock)
    )

    assert answer.status_code == 200
    found = session.get_one(Context, course_id, populate_existing=True)
    assert (found.board_participation, found.title) == ("all", "Renamed")


def test_settings_wait_for_the_course_before_they_write_its_row(
    app: OpenAPI, client: FlaskClient, database: Database, session: Session
) -> None:
    course = a_live_course(session, board_enabled=True)
    course_id = course.id
    teacher = a_caller(session, client, of=course, role="instructor")
    row = sa.update(Context).where(Context.id == course_id).values(title="Renamed")

    def lock() -> None:
        begin_write(session)
        lock_course(session, course_id)

    def change() -> None:
        session.execute(row)
        session.commit()

    with locks_asked(app) as asked:
        answer = crossed(
            app, "pg_advisory", lambda: take_everybody(teacher), (lock, change)
        )

    assert answer.status_code == 200
    assert len(asked) == {"sqlite": 0, "postgresql": 1}[database.name]
    found = session.get_one(Context, course_id, populate_existing=True)
    assert (found.board_participation, found.title) == ("all", "Renamed")


def take_everybody(teacher: Caller) -> TestResponse:
    asked = {"board": {"participation": "all"}}
    return teacher.send("PUT", f"{teacher.course}/settings", asked)


@contextmanager
def locks_asked(app: OpenAPI) -> Iterator[list[str]]:
    """Collect the locks of courses that the application asks for: a retry asks anew."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        if "pg_advisory" in str(arguments[2]):
            seen.append(str(arguments[2]))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)
