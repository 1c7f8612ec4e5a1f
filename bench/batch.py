"""What a batch costs in a large course: `python -m bench.batch`, or `make bench`.

The facts of 100 learners, recorded and committed as a source hands them in, in a course
of 1,000 learners and in one of 100,000; they take turns. Ends with 1 if the larger
course takes another number of statements.
"""

import argparse
import sys
from contextlib import ExitStack
from datetime import timedelta
from statistics import median

from bench.places import Place, counted, parser, place, seconds, wanted
from bench.standing import stand
from gamification.activity import Fact, record
from jobs.clock import now
from models.db import db

SIZES = (1_000, 100_000)
TOUCHED = 100
GOAL = 2.0


def main() -> None:
    options = _parser().parse_args()
    print(
        f"the facts of {TOUCHED} learners in one batch, with their points, standings and "
        f"badges; medians of {options.rounds} rounds\n"
        f"{'database':<12}{'learners':>18}{'a batch':>22}{'ratio':>8}{'goal':>6}"
        f"{'statements':>14}"
    )
    equal = True
    for name in wanted(options):
        with ExitStack() as stack:
            places = [
                stack.enter_context(place(name, size)) for size in options.learners
            ]
            equal &= _compared(places, options.rounds)
    sys.exit(int(not equal))


def _parser() -> argparse.ArgumentParser:
    told = parser("What a batch costs in a large course.", places=2)
    told.add_argument("--rounds", type=int, default=9)
    told.add_argument("--learners", type=int, nargs=2, default=SIZES)
    return told


def _compared(places: list[Place], rounds: int) -> bool:
    """Print a line; return whether both took as many statements."""
    times: dict[int, list[float]] = {one.learners: [] for one in places}
    asked: dict[int, set[int]] = {one.learners: set() for one in places}
    for one in places:
        with one.app.app_context():
            stand(db.session(), one.context_id, now())
    # The first round is not counted: what is prepared once is no batch's.
    for number in range(rounds + 1):
        for one in places[:: -1 if number % 2 else 1]:
            took, sent = _batch(one, number)
            if number:
                times[one.learners].append(took)
                asked[one.learners].add(sent)
    (small, few), (large, many) = ((n, median(t)) for n, t in times.items())
    print(
        f"{places[0].name:<12}{f'{small:,} and {large:,}':>18}"
        f"{f'{1000 * few:.0f} and {1000 * many:.0f} ms':>22}"
        f"{many / few:>7.2f}x{GOAL:>5}x{f'{asked[small]} {asked[large]}':>14}"
    )
    return asked[small] == asked[large] and len(asked[small]) == 1


def _batch(one: Place, number: int) -> tuple[float, int]:
    """Record a batch; return how long it took and how many statements."""
    first = 1 + number * TOUCHED % one.learners
    with one.app.app_context():
        session, moment = db.session(), now()
        facts = [
            Fact(
                context_id=one.context_id,
                membership_id=(first + n) % one.learners + 1,
                item_id=1,
                kind="submitted",
                occurred_at=moment - timedelta(minutes=1),
                source="bench",
                attempt=f"batch {number}",
            )
            for n in range(TOUCHED)
        ]

        def work() -> None:
            record(session, facts, moment, environment=True)
            session.commit()

        with counted(db.engine) as sent:
            took = seconds(work)
        return took, len(sent)


if __name__ == "__main__":
    main()
