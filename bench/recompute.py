"""What a nightly look costs: `python -m bench.recompute`, or `make bench`.

The command `flask gamification recompute` on a course whose learners have earned
badges and hold none, beside a program that takes one contributor at a time
(bench/one_by_one.py) and beside SQL written by hand for exactly these badges
(bench/by_set.py). They take turns, and begin in turns; the awards of all are compared.
Ends with 1 if they are not the same, or if a larger course asks more questions.
"""

import argparse
import platform
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import by_set, one_by_one
from bench.learners import TENANT
from bench.one_by_one import Course, Rule
from bench.places import Place, counted, parser, place, seconds, wanted
from gamification.catalog import Criterion
from jobs.awards import Scope, recompute_all
from jobs.clock import now
from models import Award, BadgeVersion, StreamEvent
from models.db import db

GOALS = {"sqlite": 2.5, "postgresql": 25.0}
SIZES = (1_000, 100_000)
SAMPLE = 5_000
"""One at a time, a larger course is measured by so many people of it."""
GROWTH = 1.3
"""So much more than linear is still good, from the smallest size to the largest."""
BY_HAND = 1.2
"""So much longer than hand-written SQL is still good."""


@dataclass(frozen=True)
class Round:
    """One turn of each: seconds; questions; and whether they awarded the same."""

    whole: float
    again: float
    by_set: float
    one_by_one: float
    questions: int
    same: bool


@dataclass(frozen=True)
class Bench:
    """A filled database with the application on it."""

    place: Place
    course: Course

    @property
    def sample(self) -> int:
        learners = self.place.learners
        return min(learners, SAMPLE if self.place.name == "postgresql" else learners)


@dataclass(frozen=True)
class Line:
    """What one size of one database came to."""

    learners: int
    whole: float
    questions: int
    same: bool


def main() -> None:
    options = _parser().parse_args()
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"five badges, twenty facts a learner; medians of {options.rounds} rounds, "
        "first look (and the next, with nothing new)\n"
        f"{'database':<12}{'learners':>9}{'recompute':>20}{'one by one':>13}"
        f"{'ratio':>8}{'goal':>7}{'set SQL':>11}{'ratio':>8}{'goal':>6}{'questions':>11}"
    )
    kept = True
    for name in wanted(options):
        lines = []
        for size in options.learners:
            with place(name, size, options.postgres) as one:
                lines.append(_measure(one, options.rounds))
        kept &= _growth(lines)
    sys.exit(int(not kept))


def _parser() -> argparse.ArgumentParser:
    told = parser("What a nightly recompute costs.")
    told.add_argument("--learners", type=int, nargs="+", default=SIZES)
    told.add_argument("--rounds", type=int, default=5)
    return told


def _growth(lines: list[Line]) -> bool:
    """Print how the cost grows; return whether the courses asked the same number."""
    first, *_, last = lines if len(lines) > 1 else lines * 2
    if last.learners > first.learners:
        linear = last.learners / first.learners
        growth = last.whole / first.whole
        print(
            f"  {first.learners:,} to {last.learners:,} learners: {growth:.0f} times as "
            f"long, {growth / linear:.2f} of linear (goal {GROWTH})"
        )
    questions = {line.questions for line in lines}
    if len(questions) > 1:
        print(f"  The courses asked different numbers of questions: {questions}")
    return len(questions) == 1 and all(line.same for line in lines)


def _measure(one: Place, rounds: int) -> Line:
    """Print a line, and whether the three awarded differently."""
    with one.app.app_context():
        bench = Bench(one, _course(db.session(), one.context_id))
    turns = [_round(bench, number) for number in range(rounds)]
    whole, again, by_set, single = (
        median(getattr(turn, name) for turn in turns)
        for name in ("whole", "again", "by_set", "one_by_one")
    )
    questions = max(turn.questions for turn in turns)
    scaled = "" if bench.sample == one.learners else "*"
    print(
        f"{one.name:<12}{one.learners:>9,}"
        f"{1000 * whole:>9,.0f} ms ({1000 * again:,.0f})"
        f"{1000 * single:>9,.0f} ms{scaled:1}"
        f"{single / whole:>7.1f}x{GOALS[one.name]:>6}x"
        f"{1000 * by_set:>8,.0f} ms{whole / by_set:>7.2f}x{BY_HAND:>5}x{questions:>11}"
    )
    if scaled:
        times = one.learners // bench.sample
        print(f"  * measured with {bench.sample:,} people, times {times}")
    same = all(turn.same for turn in turns)
    if not same:
        print("  They awarded different badges.")
    return Line(one.learners, whole, questions, same)


def _round(bench: Bench, number: int) -> Round:
    times: dict[str, float] = {}
    awards: dict[str, set[tuple[int, int]]] = {}
    questions = 0
    for name, turn in _turns()[:: -1 if number % 2 else 1]:
        _forget(bench)
        with bench.place.app.app_context(), counted(db.engine) as sent:
            times[name] = seconds(partial(turn, bench))
        awards[name] = _awards(bench)
        if name == "whole":
            questions = len(sent)
            with bench.place.app.app_context():
                times["again"] = seconds(partial(turn, bench))
    times["one_by_one"] *= bench.place.learners / bench.sample
    same = awards["whole"] == awards["one_by_one"] == awards["by_set"]
    return Round(**times, questions=questions, same=same)


def _turns() -> list[tuple[str, Callable[[Bench], None]]]:
    return [("whole", _recompute), ("by_set", _by_set), ("one_by_one", _one_by_one)]


def _recompute(_: Bench) -> None:
    for _outcome in recompute_all(Scope(TENANT)):
        """Each course is committed on the way."""


def _one_by_one(bench: Bench) -> None:
    people = range(1, bench.sample + 1)
    one_by_one.run(bench.place.url, bench.course, people)


def _by_set(bench: Bench) -> None:
    by_set.run(db.engine, bench.course)


def _forget(bench: Bench) -> None:
    with bench.place.app.app_context():
        for model in (StreamEvent, Award):
            if bench.place.name == "postgresql":
                db.session.execute(sa.text(f"TRUNCATE {model.__tablename__}"))
            else:
                db.session.execute(sa.delete(model))
        db.session.commit()


def _awards(bench: Bench) -> set[tuple[int, int]]:
    """Return who has which badge, of the people both looked at."""
    with bench.place.app.app_context():
        query = sa.select(Award.membership_id, Award.badge_id)
        rows = db.session.execute(query.where(Award.membership_id <= bench.sample))
        return {(member, badge) for member, badge in rows}


def _course(session: Session, context_id: int) -> Course:
    rules = [
        _rule(version)
        for version in session.scalars(
            sa.select(BadgeVersion).order_by(BadgeVersion.id)
        )
    ]
    session.rollback()
    return Course(context_id, rules, f"{now():%Y-%m-%d %H:%M:%S.%f}")


def _rule(version: BadgeVersion) -> Rule:
    asked = Criterion.from_json(version.criterion)
    return Rule(version.badge_id, version.id, asked.metric, asked.needed)


if __name__ == "__main__":
    main()
