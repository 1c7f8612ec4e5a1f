"""How many facts a second are recorded: `python -m bench.facts`, or `make bench`.

`activity.record` with everything that hangs on it (points, standings, badges, news),
beside the bare insert of the same rows into the log by the driver; batches of 100, each
in a transaction, by one writer and by four in processes of their own. Ends with 1 if a
fact is missing afterwards.
"""

import argparse
import sqlite3
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app import create_app
from bench.learners import LOGGED
from bench.places import Place, parser, place, wanted
from bench.standing import stand
from config import Config
from gamification.activity import Fact, record
from jobs.clock import now
from models import Contribution
from models.db import db
from models.locks import retried

LEARNERS = 1_000
BATCH = 100
WRITERS = (1, 4)
AHEAD = 5.0
"""Seconds until the writers begin, all at once."""


@dataclass(frozen=True)
class Task:
    """What one writer writes, and when it begins."""

    config: Config
    context_id: int
    learners: int
    name: str
    batches: int
    begin: float
    bare: bool

    @property
    def rows(self) -> list[list[int]]:
        """The learners of each batch; every batch of a writer has a name of its own."""
        return [
            [(number * BATCH + n) % self.learners + 1 for n in range(BATCH)]
            for number in range(self.batches)
        ]


def main() -> None:
    options = _parser().parse_args()
    print(
        f"batches of {BATCH} facts, a transaction each; a course of "
        f"{options.learners:,}; facts a second\n"
        f"{'database':<12}{'writers':>8}{'record':>10}{'bare insert':>13}{'share':>8}"
    )
    whole = True
    for name in wanted(options):
        with place(name, options.learners, options.postgres) as one:
            with one.app.app_context():
                stand(db.session(), one.context_id, now())
                db.session.remove()
            for writers in options.writers:
                whole &= _compared(one, writers, options.batches)
    sys.exit(int(not whole))


def _parser() -> argparse.ArgumentParser:
    told = parser("How many facts a second are recorded.")
    told.add_argument("--learners", type=int, default=LEARNERS)
    told.add_argument("--batches", type=int, default=30, help="Of each writer.")
    told.add_argument("--writers", type=int, nargs="+", default=WRITERS)
    return told


def _compared(one: Place, writers: int, batches: int) -> bool:
    """Print a line; return whether every fact is in the log."""
    before = _logged(one)
    rates = [_rate(one, writers, batches, bare=bare) for bare in (False, True)]
    print(
        f"{one.name:<12}{writers:>8}{rates[0]:>10,.0f}{rates[1]:>13,.0f}"
        f"{rates[0] / rates[1]:>8.1%}"
    )
    missing = 2 * writers * batches * BATCH - (_logged(one) - before)
    if missing:
        print(f"  Facts that are not in the log: {missing}")
    return not missing


def _rate(one: Place, writers: int, batches: int, *, bare: bool) -> float:
    """Let writers write at once; return facts a second, of all of them together."""
    begin = time.time() + AHEAD
    way = "bare" if bare else "record"
    tasks = [
        Task(
            one.config,
            one.context_id,
            one.learners,
            f"{way} {writers} {number}",
            batches,
            begin,
            bare,
        )
        for number in range(writers)
    ]
    fresh = get_context("spawn")
    with ProcessPoolExecutor(writers, mp_context=fresh) as pool:
        spans = list(pool.map(write, tasks))
    took = max(end for _, end in spans) - min(start for start, _ in spans)
    return writers * batches * BATCH / took


def write(task: Task) -> tuple[float, float]:
    """Write a task's batches in this process; return when it began and ended."""
    return _bare(task) if task.bare else _recorded(task)


def _recorded(task: Task) -> tuple[float, float]:
    app = create_app(task.config)
    with app.app_context():
        session = db.session()
        session.execute(sa.select(1))
        session.rollback()
        start = _started(task)
        for number, members in enumerate(task.rows):
            moment = now()
            facts = [_fact(task, member, number, moment) for member in members]

            def work(some: list[Fact] = facts, moment: datetime = moment) -> None:
                record(session, some, moment, environment=True)
                session.commit()

            retried(session, work)
        end = time.time()
        db.engine.dispose()
    return start, end


def _fact(task: Task, member: int, number: int, moment: datetime) -> Fact:
    return Fact(
        context_id=task.context_id,
        membership_id=member,
        item_id=1,
        kind="submitted",
        occurred_at=moment - timedelta(minutes=1),
        source="bench",
        attempt=f"{task.name} {number}",
    )


def _bare(task: Task) -> tuple[float, float]:
    columns = [name for name in LOGGED if name != "id"]
    names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
    insert = f"INSERT INTO contribution ({names}) VALUES ({marks})"  # noqa: S608 -- names of ours
    is_sqlite = task.config.database_url.startswith("sqlite")
    with closing(_connection(task.config.database_url)) as connection:
        cursor = connection.cursor()
        start = _started(task)
        for number, members in enumerate(task.rows):
            rows = [_row(task, member, number) for member in members]
            if is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(insert if is_sqlite else insert.replace("?", "%s"), rows)
            connection.commit()
        end = time.time()
    return start, end


def _connection(url: str) -> Any:  # noqa: ANN401 -- of either driver
    plain = make_url(url)
    if plain.drivername == "sqlite":
        connection = sqlite3.connect(str(plain.database), timeout=60)
        connection.isolation_level = None
        for setting in ("synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")
        return connection
    driver = plain.set(drivername="postgresql")
    return psycopg.connect(driver.render_as_string(hide_password=False))


def _row(task: Task, member: int, number: int) -> tuple[object, ...]:
    moment = _text()
    what = (task.context_id, member, 1, "submitted", "normal")
    key = f"submitted:1:{task.name} {number}"
    return (*what, moment, moment, moment, "bench", key, 1)


def _text() -> str:
    """Return the present moment as both databases read it."""
    return time.strftime("%Y-%m-%d %H:%M:%S.000000", time.gmtime())


def _started(task: Task) -> float:
    """Wait for the others, and begin."""
    time.sleep(max(task.begin - time.time(), 0))
    return time.time()


def _logged(one: Place) -> int:
    with one.app.app_context():
        count = sa.select(sa.func.count()).select_from(Contribution)
        found = db.session.scalar(count) or 0
        db.session.remove()
        db.engine.dispose()
        return found


if __name__ == "__main__":
    main()
