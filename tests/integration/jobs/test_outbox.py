"""Work that was asked for is done once, and not forgotten."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import request
from jobs import outbox
from models import Outbox
from models.db import db
from tests.support.clock import NOW, Clock


def ask(session: Session, job: str = "count", subject_id: int = 7) -> None:
    request(session, job, subject_id, NOW, NOW)
    session.commit()


def rows(session: Session) -> int:
    session.expire_all()
    return session.scalar(sa.select(sa.func.count()).select_from(Outbox)) or 0


def test_a_row_is_taken_once(session: Session, clock: Clock) -> None:
    ask(session)

    first, second = outbox.take(session, clock()), outbox.take(session, clock())

    assert (len(first), second) == (1, [])


def test_a_row_is_not_taken_before_it_is_due(session: Session) -> None:
    request(session, "count", 7, NOW + timedelta(minutes=1), NOW)
    session.commit()

    assert outbox.take(session, NOW) == []
    assert len(outbox.take(session, NOW + timedelta(minutes=1))) == 1


def test_asking_while_it_waits_is_asking_once(session: Session) -> None:
    ask(session)
    ask(session)

    assert rows(session) == 1


def test_asking_while_it_is_done_is_asking_again(session: Session) -> None:
    ask(session)
    outbox.take(session, NOW)
    ask(session)

    assert len(outbox.take(session, NOW)) == 1


def test_what_is_done_is_deleted(app: OpenAPI, session: Session) -> None:
    done: list[int] = []
    ask(session)
    [row] = outbox.take(session, NOW)

    with app.app_context():
        outbox.run(row, {"count": done.append})
        outbox.run(row, {"count": done.append})

    assert done == [7]
    assert rows(session) == 0


def test_a_job_that_leaves_an_old_reader_behind_is_done_all_the_same(
    app: OpenAPI, session: Session
) -> None:
    ask(session)
    [row] = outbox.take(session, NOW)

    def look(_subject_id: int) -> None:
        db.session.scalars(sa.select(Outbox.id)).all()
        ask(session, "another")

    with app.app_context():
        outbox.run(row, {"count": look})

    assert rows(session) == 1


def fail(_subject_id: int) -> None:
    db.session.execute(sa.text("SELECT 1"))
    raise RuntimeError("broken")


def test_what_failed_is_taken_again_after_half_an_hour(
    app: OpenAPI, session: Session
) -> None:
    ask(session)
    [row] = outbox.take(session, NOW)
    with app.app_context(), pytest.raises(RuntimeError):
        outbox.run(row, {"count": fail})

    assert outbox.take(session, NOW + timedelta(minutes=29)) == []
    assert outbox.take(session, NOW + timedelta(minutes=31)) == [row]


def test_what_fails_for_a_day_is_given_up(
    app: OpenAPI, session: Session, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ask(session)
    [row] = outbox.take(session, NOW)
    clock.advance(timedelta(days=1))

    with app.app_context():
        outbox.run(row, {"count": fail})

    assert rows(session) == 0
    assert "Gave up count of 7" in caplog.text


def test_what_is_done_later_is_due_when_the_worker_looks_again(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    looks: list[datetime] = []

    class Noting:
        def enqueue(self, _name: str, *, delay: float) -> None:
            looks.append(clock() + timedelta(seconds=delay))

        def close(self) -> None:
            """Nothing was open."""

    def say_later(_subject_id: int) -> None:
        raise outbox.Later

    app.extensions["queue"] = Noting()
    ask(session)
    [row] = outbox.take(session, NOW)

    with app.app_context():
        outbox.run(row, {"count": say_later})

    (due_at,) = session.scalars(sa.select(Outbox.due_at))
    assert [due_at + timedelta(seconds=1)] == looks


def test_a_job_nobody_knows_is_a_failure(app: OpenAPI, session: Session) -> None:
    ask(session, "unheard-of")
    [row] = outbox.take(session, NOW)

    with app.app_context(), pytest.raises(KeyError):
        outbox.run(row, {})


def test_the_worker_is_woken_by_the_commit_and_not_before(
    app: OpenAPI, session: Session
) -> None:
    with app.app_context():
        outbox.wake_after_commit(session)
        request(session, "count", 7, NOW, NOW)
        assert "queue" not in app.extensions

        session.commit()
        session.commit()

    assert app.extensions["queue"].waiting() == 1


def test_the_worker_is_woken_once_and_not_for_what_was_undone(
    app: OpenAPI, session: Session
) -> None:
    with app.app_context():
        for _ in range(2):
            request(session, "count", 7, NOW, NOW)
            outbox.wake_after_commit(session)
            session.rollback()
        request(session, "another", 7, NOW, NOW)
        session.commit()
        assert "queue" not in app.extensions

        for _ in range(2):
            request(session, "count", 7, NOW, NOW)
            outbox.wake_after_commit(session)
        session.commit()

    assert app.extensions["queue"].waiting() == 1


def test_a_queue_that_cannot_be_reached_does_not_undo_the_work(
    app: OpenAPI, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    class Gone:
        def enqueue(self, name: str) -> None:
            raise OSError(name)

        def close(self) -> None:
            """Nothing was open."""

    app.extensions["queue"] = Gone()
    with app.app_context():
        outbox.wake_after_commit(session)
        ask(session)

    assert rows(session) == 1
    assert "the outbox waits a minute" in caplog.text
