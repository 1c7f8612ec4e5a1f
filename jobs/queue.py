"""The one module that knows the task queue: huey, beside the database we have.

Enqueuing is outside our transaction, and a queue may be lost: what must happen is an
outbox row first (`jobs.outbox`), and the queue only makes it happen soon.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from huey import PostgresHuey, SqliteHuey
from huey.api import Huey
from huey.serializer import SignedSerializer

from config import Config
from jobs import runs
from jobs.clock import now
from jobs.schedule import Periodic, schedule
from models.db import db

Jobs = Mapping[str, Callable[..., Any]]

NAME = "laurel"
WORKERS = 2
POLL_SECONDS = 0.2
"""Unasked, an idle worker falls back to one look every ten seconds."""
SHUTDOWN_SECONDS = 30


class Queue:
    """Calls of jobs by name; whoever only enqueues need not know the jobs."""

    def __init__(self, app: Flask, jobs: Jobs) -> None:
        self._app = app
        self._jobs = jobs
        self._huey = _storage(app.extensions["laurel"])
        self._call = self._huey.task(name="call")(self.call)

    def enqueue(self, name: str, *args: int | str, delay: float = 0) -> None:
        """Have a worker call a job, in `delay` seconds at the earliest."""
        self._huey.enqueue(self._call.s(name, *args, delay=delay or None))

    def close(self) -> None:
        """Close the connection to the queue; the next use opens it again."""
        self._huey.storage.close()

    def call(self, name: str, *args: int | str) -> None:
        """Call a job here and now, in an application context of its own."""
        with self._app.app_context():
            self._jobs[name](*args)

    def work(self) -> None:
        """Call jobs and let the schedule come round until a signal ends the process.

        SIGTERM waits for what is running, half a minute at most; SIGINT does not.
        """
        self._app.extensions["queue"] = self
        for periodic in schedule(self._app.extensions["laurel"]):
            self._repeat(periodic)
        self._huey.create_consumer(
            workers=WORKERS,
            worker_type="thread",
            initial_delay=POLL_SECONDS / 2,
            max_delay=POLL_SECONDS,
            graceful_signal="TERM",
            shutdown_timeout=SHUTDOWN_SECONDS,
        ).run()

    def waiting(self) -> int:
        """Return how many calls no worker took yet."""
        return int(self._huey.pending_count())

    def is_due(self, periodic: Periodic) -> bool:
        """Tell whether it is time, by our clock and in our zone."""
        with self._app.app_context():
            return periodic.is_due(now())

    def perform(self, periodic: Periodic) -> None:
        """Do what comes back, unless another worker did it in this period."""
        with self._app.app_context():
            work = self._jobs[periodic.job]
            if periodic.form:
                period = periodic.period(now())
                runs.once(db.session(), periodic.job, period, work)
            else:
                work()

    def _repeat(self, periodic: Periodic) -> None:
        def is_due(_moment: datetime) -> bool:
            # The queue's own moment is naive and knows nothing of our clock.
            return self.is_due(periodic)

        def perform() -> None:
            self.perform(periodic)

        self._huey.periodic_task(is_due, name=periodic.job)(perform)


def enqueue(name: str, *args: int | str, delay: float = 0) -> None:
    """Have a worker call the job of this name, in `delay` seconds at the earliest."""
    proxy = cast("Any", current_app)
    app: Flask = proxy._get_current_object()  # noqa: SLF001 -- Flask's documented way
    queue = app.extensions.get("queue")
    if queue is None:
        queue = app.extensions["queue"] = Queue(app, {})
    queue.enqueue(name, *args, delay=delay)


def _storage(config: Config) -> Huey:
    options = {
        "results": False,
        # The queue is code to whoever unpickles it: only what we signed is taken.
        "serializer": SignedSerializer(secret=config.secret_key, salt=NAME),
    }
    if config.database_url.startswith("sqlite"):
        config.instance.mkdir(parents=True, exist_ok=True)
        # A file of its own: the queue's writers must not wait for ours.
        return SqliteHuey(NAME, filename=str(config.instance / "queue.db"), **options)
    dsn = config.database_url.replace("+psycopg", "", 1)
    return PostgresHuey(NAME, dsn=dsn, **options)
