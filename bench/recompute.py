"""What a nightly look costs: `python -m bench.recompute`, or `make bench`.

The command `flask gamification recompute` on a course whose learners have earned
badges and hold none, beside a program that takes one contributor at a time
(bench/one_by_one.py). They take turns, and begin in turns; the awards of both are
compared. Ends with 1 if they are not the same.
"""

import argparse
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from bench import one_by_one
from bench.learners import TENANT, fill
from bench.one_by_one import Course, Rule
from config import Config
from gamification.catalog import Criterion, adopt, load
from jobs.awards import Scope, recompute_all
from jobs.clock import now
from models import Award, BadgeVersion, Base, Context, StreamEvent
from models.db import db
from tests.support import postgres
from tests.support.databases import migrate

GOALS = {"sqlite": 2.5, "postgresql": 25.0}
SIZES = (1_000, 100_000)
SAMPLE = 5_000
"""One at a time, a larger course is measured by so many people of it."""
DEFAULTS = ("listen_addresses=", "timezone=UTC")
"""A server as it is installed: a commit is on the disk when it returns."""


@dataclass(frozen=True)
class Round:
    """One turn of each: seconds, and the awards of the people both looked at."""

    whole: float
    again: float
    one_by_one: float
    same: bool


@dataclass(frozen=True)
class Bench:
    """A filled database with the application on it."""

    app: Flask
    url: str
    learners: int
    course: Course

    @property
    def name(self) -> str:
        return self.url.partition(":")[0].partition("+")[0]

    @property
    def sample(self) -> int:
        return min(
            self.learners, SAMPLE if self.name == "postgresql" else self.learners
        )


def main() -> None:
    options = _parser().parse_args()
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"five badges, twenty facts a learner; medians of {options.rounds} rounds, "
        "first look (and the next, with nothing new)\n"
        f"{'database':<12}{'learners':>9}{'recompute':>20}{'one by one':>13}"
        f"{'ratio':>8}{'goal':>7}"
    )
    failed = False
    for size in options.learners:
        for bench in _benches(options, size):
            failed |= _measure(bench, options.rounds)
    sys.exit(int(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What a nightly recompute costs.")
    parser.add_argument("--learners", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--postgres", help="An empty database's URL; without it a cluster is started."
    )
    parser.add_argument("--only", choices=GOALS, help="Leave the other database out.")
    return parser


def _benches(options: argparse.Namespace, learners: int) -> Iterator[Bench]:
    """Yield a filled database of each kind; it is gone afterwards."""
    for name in GOALS:
        if options.only in {None, name}:
            with ExitStack() as stack:
                place = _sqlite() if name == "sqlite" else _postgresql(options.postgres)
                yield _bench(stack, stack.enter_context(place), learners)


def _measure(bench: Bench, rounds: int) -> bool:
    """Print a line; return whether the two awarded differently."""
    turns = [_round(bench, number) for number in range(rounds)]
    whole, again, single = (
        median(getattr(turn, name) for turn in turns)
        for name in ("whole", "again", "one_by_one")
    )
    scaled = "" if bench.sample == bench.learners else "*"
    print(
        f"{bench.name:<12}{bench.learners:>9,}"
        f"{1000 * whole:>9,.0f} ms ({1000 * again:,.0f})"
        f"{1000 * single:>9,.0f} ms{scaled:1}"
        f"{single / whole:>7.1f}x{GOALS[bench.name]:>6}x"
    )
    if scaled:
        print(
            f"  * measured with {bench.sample:,} people, times {bench.learners // bench.sample}"
        )
    if not all(turn.same for turn in turns):
        print("  The two awarded different badges.")
        return True
    return False


def _round(bench: Bench, number: int) -> Round:
    times: dict[str, float] = {}
    awards: dict[str, set[tuple[int, int]]] = {}
    turns: list[tuple[str, Callable[[Bench], None]]] = [
        ("whole", _recompute),
        ("one_by_one", _one_by_one),
    ]
    for name, turn in turns[:: -1 if number % 2 else 1]:
        _forget(bench)
        times[name] = _timed(turn, bench)
        awards[name] = _awards(bench)
        if name == "whole":
            times["again"] = _timed(turn, bench)
    times["one_by_one"] *= bench.learners / bench.sample
    return Round(**times, same=awards["whole"] == awards["one_by_one"])


def _recompute(_: Bench) -> None:
    for _outcome in recompute_all(Scope(TENANT)):
        """Each course is committed on the way."""


def _one_by_one(bench: Bench) -> None:
    people = range(1, bench.sample + 1)
    one_by_one.run(bench.url, bench.course, people)


def _timed(turn: Callable[[Bench], None], bench: Bench) -> float:
    with bench.app.app_context():
        start = time.perf_counter()
        turn(bench)
        return time.perf_counter() - start


def _forget(bench: Bench) -> None:
    with bench.app.app_context():
        for model in (StreamEvent, Award):
            if bench.name == "postgresql":
                db.session.execute(sa.text(f"TRUNCATE {model.__tablename__}"))
            else:
                db.session.execute(sa.delete(model))
        db.session.commit()


def _awards(bench: Bench) -> set[tuple[int, int]]:
    """Return who has which badge, of the people both looked at."""
    with bench.app.app_context():
        query = sa.select(Award.membership_id, Award.badge_id)
        rows = db.session.execute(query.where(Award.membership_id <= bench.sample))
        return {(member, badge) for member, badge in rows}


def _bench(stack: ExitStack, url: str, learners: int) -> Bench:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    settings = {
        "LAUREL_ENV": "development",
        "GAMIFICATION_ENABLED": "true",
        "INSTANCE_PATH": folder,
    }
    config = replace(Config.from_environment(settings), database_url=url)
    migrate(config, url)
    app = create_app(config)
    with app.app_context():
        stack.callback(db.engine.dispose)
        course = _course(db.session(), config, learners)
    return Bench(app, url, learners, course)


def _course(session: Session, config: Config, learners: int) -> Course:
    moment = now()
    context_id = fill(session, learners, moment)
    adopt(
        session, session.get_one(Context, context_id), load(config.catalog_file), moment
    )
    rules = [
        _rule(version)
        for version in session.scalars(
            sa.select(BadgeVersion).order_by(BadgeVersion.id)
        )
    ]
    session.commit()
    return Course(context_id, rules, f"{moment:%Y-%m-%d %H:%M:%S.%f}")


def _rule(version: BadgeVersion) -> Rule:
    asked = Criterion.from_json(version.criterion)
    return Rule(version.badge_id, version.id, asked.metric, asked.needed)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'laurel.db'}"


@contextmanager
def _postgresql(given: str | None) -> Iterator[str]:
    if given is None:
        with postgres.cluster(DEFAULTS) as url:
            yield url.format(database="postgres")
        return
    yield given
    engine = sa.create_engine(given)
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    engine.dispose()


if __name__ == "__main__":
    main()
