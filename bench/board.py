"""What a page of the board costs: `python -m bench.board`, or `make bench`.

The top ten, the viewer's own rank and five neighbours to each side, in a large course,
beside the same people by bare SQL out of the same tables, and beside a window function
over the log. They take turns; what they show is compared. Ends with 1 if it differs, or
if a page takes more than three questions.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlalchemy.orm import joinedload

from bench.places import Place, counted, parser, place, wanted
from bench.standing import stand
from gamification.standings import Viewer, leaderboard
from gamification.switches import Switch
from jobs.clock import now
from models import Membership
from models.db import db

LEARNERS = 100_000
TURNS = 20
MOST_QUESTIONS = 3
TOP, NEAR = 10, 5
GOALS = (2.0, 100.0)
ON = Switch(environment=True, tenant=True, course=True)

MINE = """SELECT points FROM standing
    WHERE context_id = ? AND period = 'all' AND membership_id = ?"""
PAGE = f"""
    WITH shown AS NOT MATERIALIZED (
        SELECT membership_id, points, completed, badges, updated_at FROM shown_standing
        WHERE context_id = ? AND period = 'all'
    ), picked AS (
        SELECT * FROM (SELECT * FROM shown
                       ORDER BY points DESC, membership_id DESC LIMIT {TOP}) AS top
        UNION SELECT * FROM (SELECT * FROM shown WHERE (points, membership_id) >= (?, ?)
                       ORDER BY points, membership_id LIMIT {NEAR + 1}) AS above
        UNION SELECT * FROM (SELECT * FROM shown WHERE (points, membership_id) < (?, ?)
                       ORDER BY points DESC, membership_id DESC LIMIT {NEAR}) AS below
    )
    SELECT 1 + coalesce((SELECT sum(people) FROM histogram
                         WHERE context_id = ? AND period = 'all'
                           AND audience = 'shown'
                           AND histogram.points > picked.points / 1000000), 0),
           points / 1000000, membership_id, completed, badges, updated_at,
           membership.name, alias, role, board_consent, name_consent, public_id
    FROM picked
    JOIN membership ON membership.id = membership_id
    JOIN "user" ON "user".id = user_id
    ORDER BY picked.points DESC, membership_id DESC
"""  # noqa: S608 -- numbers of ours
WINDOW = f"""
    WITH total AS (
        SELECT membership_id, sum(points) AS points FROM earned
        WHERE context_id = ? GROUP BY membership_id
    ), ranked AS (
        SELECT rank() OVER (ORDER BY floor(points / 1000000) DESC) AS place,
               row_number() OVER (ORDER BY points DESC, membership_id DESC) AS line,
               floor(points / 1000000) AS whole, points, membership_id
        FROM total
    )
    SELECT place, whole, membership_id FROM ranked
    WHERE line <= {TOP} OR abs(line - (SELECT line FROM ranked WHERE membership_id = ?))
          <= {NEAR}
    ORDER BY points DESC, membership_id DESC
"""  # noqa: S608 -- numbers of ours

Rows = list[tuple[int, int]]
"""Rank and points."""


@dataclass(frozen=True)
class Page:
    """A page of the board in one course, for one viewer, by three ways."""

    place: Place
    member: Membership

    def laurel(self) -> Rows:
        """Ask as every page does, which knows already who looks."""
        viewer = Viewer(self.member, "learner")
        board = leaderboard(db.session(), viewer, now(), switch=ON)
        return [(row.rank or 0, row.points) for row in board.rows]

    def bare(self) -> Rows:
        course, viewer = self.place.context_id, self.member.id
        ((points,),) = self._asked(MINE, (course, viewer))
        mine = (points, viewer)
        return _shown(self._asked(PAGE, (course, *mine, *mine, course)))

    def window(self) -> Rows:
        asked = (self.place.context_id, self.member.id)
        return _shown(self._asked(WINDOW, asked))

    def _asked(self, sql: str, values: Sequence[object]) -> Sequence[Any]:
        marked = sql if self.place.name == "sqlite" else sql.replace("?", "%s")
        with db.engine.connect() as connection:
            return connection.exec_driver_sql(marked, tuple(values)).all()


def main() -> None:
    options = _parser().parse_args()
    print(
        f"top {TOP}, own rank, {NEAR} neighbours to each side; medians of {TURNS} pages\n"
        f"{'database':<12}{'learners':>9}{'Laurel':>10}{'bare SQL':>11}{'ratio':>8}"
        f"{'goal':>6}{'window':>12}{'ratio':>8}{'goal':>7}{'questions':>11}"
    )
    kept = True
    for name in wanted(options):
        with place(name, options.learners, options.postgres) as one:
            kept &= _compared(one)
    sys.exit(int(not kept))


def _parser() -> argparse.ArgumentParser:
    told = parser("What a page of the board costs.")
    told.add_argument("--learners", type=int, default=LEARNERS)
    return told


@dataclass
class Found:
    """What the turns of a course came to."""

    times: dict[str, list[float]] = field(
        default_factory=lambda: {"laurel": [], "bare": [], "window": []}
    )
    questions: int = 0
    same: bool = True

    def turn(self, page: Page) -> None:
        """Ask for a page by each way."""
        shown: list[Rows] = []
        for way, times in self.times.items():
            ask: Callable[[], Rows] = getattr(page, way)
            with counted(db.engine) as sent:
                start = time.perf_counter()
                shown.append(ask())
                times.append(time.perf_counter() - start)
            if way == "laurel":
                self.questions = max(self.questions, len(sent))
        self.same &= all(rows == shown[0] for rows in shown)


def _compared(one: Place) -> bool:
    """Print a line; return whether all show the same, in few enough questions."""
    found = Found()
    with one.app.app_context():
        session = db.session()
        stand(session, one.context_id, now())
        members = [1 + turn * one.learners // TURNS for turn in range(TURNS)]
        for id_ in members:
            member = session.get(
                Membership, id_, options=[joinedload(Membership.context)]
            )
            if member is None:
                raise LookupError(f"There is no learner {id_}.")
            # Loaded, as by the guard of a page.
            _ = member.context.tenant
            found.turn(Page(one, member))
        session.rollback()
    laurel, bare, window = (median(times) for times in found.times.values())
    print(
        f"{one.name:<12}{one.learners:>9,}{1000 * laurel:>7.1f} ms{1000 * bare:>8.1f} ms"
        f"{laurel / bare:>7.1f}x{GOALS[0]:>5}x{1000 * window:>9.0f} ms"
        f"{window / laurel:>7.0f}x{GOALS[1]:>6.0f}x{found.questions:>11}"
    )
    if not found.same:
        print("  They do not show the same.")
    return found.same and found.questions <= MOST_QUESTIONS


def _shown(rows: Sequence[Any]) -> Rows:
    return [(int(rank), int(points)) for rank, points, *_ in rows]


if __name__ == "__main__":
    main()
