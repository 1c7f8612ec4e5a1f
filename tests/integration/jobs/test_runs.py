"""A periodic job runs once a period, however many workers there are."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import runs
from models import JobRun
from models.db import db
from tests.support.clock import Clock


@pytest.fixture
def here(app: OpenAPI) -> Iterator[OpenAPI]:
    with app.app_context():
        yield app


def test_a_job_is_done_once_a_period(here: OpenAPI, session: Session) -> None:
    done: list[str] = []

    def work() -> dict[str, object]:
        done.append("x")
        return {"acme": 3}

    outcomes = [
        runs.once(session, "recompute", period, work)
        for period in ("2026-11-22", "2026-11-22", "2026-11-23")
    ]

    assert outcomes == [True, False, True]
    assert len(done) == 2
    rows = session.scalars(sa.select(JobRun).order_by(JobRun.period)).all()
    assert [(row.details, row.error) for row in rows] == [({"acme": 3}, None)] * 2


def test_two_workers_do_it_once(app: OpenAPI) -> None:
    start, done = Barrier(4), list[int]()

    def worker() -> None:
        with app.app_context():
            start.wait()
            runs.once(db.session(), "recompute", "2026-11-22", lambda: done.append(1))

    threads = [Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert done == [1]


def test_a_job_that_fails_says_so_and_is_not_tried_again(
    here: OpenAPI, session: Session
) -> None:
    def work() -> None:
        raise RuntimeError("secret detail")

    with pytest.raises(RuntimeError):
        runs.once(session, "recompute", "2026-11-22", work)

    assert not runs.once(session, "recompute", "2026-11-22", work)
    row = session.scalars(sa.select(JobRun)).one()
    assert (row.error, row.finished_at is not None) == ("RuntimeError", True)


def test_a_run_that_was_cut_off_is_taken_over_after_two_hours(
    here: OpenAPI, session: Session, clock: Clock
) -> None:
    session.add(JobRun(job="recompute", period="2026-11-22", started_at=clock()))
    session.commit()

    def work() -> None:
        """Do nothing."""

    clock.advance(timedelta(hours=1, minutes=59))
    assert not runs.once(session, "recompute", "2026-11-22", work)
    clock.advance(timedelta(minutes=2))
    assert runs.once(session, "recompute", "2026-11-22", work)
