"""The metrics: what each adds up, in which unit, and how people say it."""

from dataclasses import dataclass

import sqlalchemy as sa

from models import Earned

POINT = 1_000_000
"""Points and scores are whole numbers of millionths."""

EVENTS = ("submitted", "posted", "completed")
AUTHORED = ("submitted", "posted")
COUNTS = ("normal", "late")
"""The statuses whose facts count; the others are known and worth nothing."""


@dataclass(frozen=True)
class Metric:
    """A number that a member's facts add up to."""

    name: str
    unit: int
    """What one whole of it is in the database: points are kept in millionths."""
    column: sa.ColumnElement[int]
    """The aggregate over the rows of `earned`."""
    one: str
    many: str
    """What to do to reach so many, with the number in it."""

    def phrase(self, wholes: int) -> str:
        """Say in a sentence what to do to reach so many."""
        return (self.one if wholes == 1 else self.many).format(n=wholes)


def _is_one_of(kinds: tuple[str, ...]) -> sa.ColumnElement[bool]:
    # Compared one by one: SQLite looks longer into a list.
    return sa.or_(*(Earned.kind == kind for kind in kinds))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "score",
            POINT,
            # PostgreSQL widens a sum to a decimal type; it is a whole number.
            sa.cast(sa.func.coalesce(sa.func.sum(Earned.points), 0), sa.BigInteger),
            "Earn {n} point",
            "Earn {n} points",
        ),
        Metric(
            "events",
            1,
            sa.func.count().filter(_is_one_of(EVENTS)),
            "Contribute once",
            "Contribute {n} times",
        ),
        Metric(
            "authored",
            1,
            sa.func.count(sa.distinct(Earned.item_id)).filter(_is_one_of(AUTHORED)),
            "Hand in or post {n} piece of work",
            "Hand in or post {n} different pieces of work",
        ),
        Metric(
            "active_days",
            1,
            sa.func.count(sa.distinct(Earned.day)).filter(_is_one_of(EVENTS)),
            "Be active on {n} day",
            "Be active on {n} different days",
        ),
        Metric(
            "completed",
            1,
            sa.func.count().filter(Earned.kind == "completed"),
            "Complete {n} activity",
            "Complete {n} activities",
        ),
    )
}
