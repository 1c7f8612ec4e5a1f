"""What leagues cost in a large course: `python -m bench.leagues`, or `make bench`.

A week is dealt anew, one person is placed within it, the worker looks for courses that
are due, and a learner reads their league; in a course of 1,000 learners and in one of
100,000, which take turns. Ends with 1 if anything takes more statements in
the larger course, or a page more than three.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from statistics import median

from bench.places import Place, counted, parser, place, seconds, wanted
from bench.standing import stand
from gamification.metrics import day_of, week_key
from gamification.standings import Viewer, Wanted, leaderboard
from gamification.standings.dealing import WEEKS, choose_leagues, deal, due_leagues
from gamification.switches import Switch
from jobs.clock import now
from models import Context, Membership
from models.db import db

SIZES = (1_000, 100_000)
MOST_QUESTIONS = 3
ON = Switch(environment=True, tenant=True, course=True)
WEEKLY = Wanted("week")
Times = dict[str, list[float]]
Asked = dict[str, set[int]]


def main() -> None:
    options = _parser().parse_args()
    print(
        f"medians of {options.rounds} rounds\n{'database':<12}{'learners':>18}"
        f"{'what':>16}{'takes':>24}{'ratio':>8}{'statements':>14}"
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
    told = parser("What leagues cost in a large course.", places=2)
    told.add_argument("--rounds", type=int, default=5)
    told.add_argument("--learners", type=int, nargs=2, default=SIZES)
    return told


def _compared(places: list[Place], rounds: int) -> bool:
    """Print a line for each thing; return whether all took as many statements."""
    times: list[Times] = [{} for _ in places]
    asked: list[Asked] = [{} for _ in places]
    for one in places:
        _open(one)
    # The first round is not counted: what is prepared once is no round's.
    for number in range(rounds + 1):
        for at, one in enumerate(places):
            for what, (took, sent) in _round(one, number).items():
                if number:
                    times[at].setdefault(what, []).append(took)
                    asked[at].setdefault(what, set()).add(sent)
    small, large = (one.learners for one in places)
    for what in times[0]:
        few, many = (median(found[what]) for found in times)
        print(
            f"{places[0].name:<12}{f'{small:,} and {large:,}':>18}{what:>16}"
            f"{f'{1000 * few:.1f} and {1000 * many:.1f} ms':>24}{many / few:>7.1f}x"
            f"{f'{asked[0][what]} {asked[1][what]}':>14}"
        )
    kept = all(max(asked[1][what]) <= max(asked[0][what]) for what in asked[0])
    return kept and max(asked[1]["a page"]) <= MOST_QUESTIONS


def _open(one: Place) -> None:
    """Put everybody on the boards of five weeks, in a course with leagues."""
    with one.app.app_context():
        session, moment = db.session(), now()
        stand(session, one.context_id, moment, weeks=WEEKS + 1)
        session.get_one(Context, one.context_id).board_leagues = True
        session.commit()


def _round(one: Place, number: int) -> Mapping[str, tuple[float, int]]:
    """Do everything once; return how long it took and how many statements."""
    with one.app.app_context():
        session, moment = db.session(), now()
        context = session.get_one(Context, one.context_id)
        member = session.get_one(Membership, 1 + number * 37 % one.learners)
        # Loaded, as by the guard of a page.
        _ = context.tenant, member.context
        work: dict[str, Callable[[], object]] = {
            "a week": lambda: _dealt(context, moment),
            "the worker": lambda: due_leagues(session, moment),
            "leaving": lambda: choose_leagues(session, member, moment, wanted=False),
            "coming back": lambda: choose_leagues(session, member, moment, wanted=True),
            "a page": lambda: leaderboard(
                session, Viewer(member, "learner"), moment, switch=ON, wanted=WEEKLY
            ),
        }
        found = {what: _measured(do) for what, do in work.items()}
        session.rollback()
    return found


def _dealt(context: Context, moment: datetime) -> None:
    if not deal(db.session(), context, moment):
        raise LookupError(f"{week_key(day_of(moment, context.zone))} has no leagues.")


def _measured(work: Callable[[], object]) -> tuple[float, int]:
    with counted(db.engine) as sent:
        took = seconds(work)
    return took, len(sent)


if __name__ == "__main__":
    main()
