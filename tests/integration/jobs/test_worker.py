"""The whole way: a row in the outbox, a worker process, a course that was read."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from config import ROOT, Config
from jobs.queue import Queue, enqueue
from jobs.schedule import Periodic, schedule
from jobs.worker import JOBS
from models import JobRun
from tests.support.clock import NOW, Clock
from tests.support.syncing import Desk

PATIENCE = 60


@contextmanager
def a_worker(config: Config) -> Iterator["subprocess.Popen[str]"]:
    """Run `flask worker` on this test's database, at this test's time."""
    ahead = (NOW - datetime.now(UTC)).total_seconds()
    clock_file = config.instance / "clock.json"
    clock_file.write_text(json.dumps({"offset_seconds": ahead}))
    environ = {
        **os.environ,
        "LAUREL_ENV": "development",
        "PUBLIC_URL": config.public_url,
        "INSTANCE_PATH": str(config.instance),
        "DATABASE_URL": config.database_url,
        "SECRET_KEY": config.secret_key,
        "ENCRYPTION_KEYS": ",".join(config.encryption_keys),
        "GAMIFICATION_ENABLED": "true",
        "CLOCK_FILE": str(clock_file),
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with worker:
        yield worker
        if worker.poll() is None:
            worker.kill()


def until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def test_a_worker_reads_what_was_asked_for_and_stops_when_told(
    desk: Desk, config: Config
) -> None:
    campus = desk.registered.campus

    with a_worker(config) as worker:
        desk.ask(now_please=True)
        has_read = until(lambda: campus.traffic.count("results") >= 2)
        was_written = until(lambda: len(desk.facts()) == 3)
        worker.send_signal(signal.SIGTERM)
        said, _ = worker.communicate(timeout=PATIENCE)

    assert (has_read, was_written) == (True, True), said
    assert worker.returncode == 0
    assert "recompute: every day at 05:20 (UTC)" in said
    assert "eyJ" not in said


def test_every_job_of_the_schedule_is_known() -> None:
    assert {"sweep_outbox", "sync_due_courses", "recompute", "clean_up"} < JOBS.keys()


def test_a_job_is_called_in_an_application_context_of_its_own(app: OpenAPI) -> None:
    done: list[tuple[object, ...]] = []
    queue = Queue(app, {"note": lambda *args: done.append(args)})

    queue.call("note", 1, "two")

    assert done == [(1, "two")]


def test_who_enqueues_need_not_know_the_jobs(app: OpenAPI) -> None:
    with app.app_context():
        enqueue("sync_course_now", 5)
        enqueue("sync_course_now", 6, delay=60)

    assert app.extensions["queue"].waiting() == 2


@pytest.fixture
def queue(app: OpenAPI) -> Iterator[Queue]:
    queue = Queue(app, JOBS)
    yield queue
    queue.close()


def test_the_night_comes_once_for_all_workers(
    app: OpenAPI, queue: Queue, session: Session
) -> None:
    nightly = named(app, "recompute")

    for _ in range(2):
        assert queue.is_due(nightly)
        queue.perform(nightly)

    runs = session.scalars(sa.select(JobRun)).all()
    assert [(run.job, run.period, run.error) for run in runs] == [
        ("recompute", "2026-11-22", None)
    ]


def test_it_is_not_night_before_it_is_night(
    app: OpenAPI, queue: Queue, clock: Clock
) -> None:
    clock.moment = clock.moment.replace(hour=5, minute=19)

    assert not queue.is_due(named(app, "recompute"))


def test_courses_are_looked_for_every_minute(
    app: OpenAPI, queue: Queue, session: Session
) -> None:
    queue.perform(named(app, "sync_due_courses"))

    assert session.scalars(sa.select(JobRun)).all() == []


def named(app: OpenAPI, job: str) -> Periodic:
    listed = schedule(app.extensions["laurel"])
    return next(periodic for periodic in listed if periodic.job == job)
