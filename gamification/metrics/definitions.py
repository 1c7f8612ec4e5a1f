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
    kinds: tuple[str, ...]
    """The kinds of facts that raise it; none named means all of them."""
    counted: sa.Function[int]
    """The aggregate over those of the rows of `earned`."""
    one: str
    many: str
    """What to do to reach so many, with the number in it."""

    @property
    def column(self) -> sa.ColumnElement[int]:
        """The aggregate over all rows of `earned`."""
        return self.over()

    def over(self, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        """Return the aggregate over the rows that meet all conditions."""
        rows = [*self.rows, *conditions]
        number = self.counted.filter(*rows) if rows else self.counted
        if self.unit == 1:
            return number
        # PostgreSQL widens a sum to a decimal type; it is a whole number.
        return sa.cast(sa.func.coalesce(number, 0), sa.BigInteger)

    @property
    def rows(self) -> list[sa.ColumnElement[bool]]:
        """The condition that a row of `earned` must meet to raise it, if there is one."""
        return [_is_one_of(self.kinds)] if self.kinds else []

    def phrase(self, number: int | str) -> str:
        """Say in a sentence what to do to reach so many, or `more than 25`."""
        return (self.one if number == 1 else self.many).format(n=number)

    def more(self, wholes: int) -> str:
        """Say in a sentence what to do for so many more."""
        if wholes != 1:
            return self.many.format(n=f"{wholes} more")
        said = self.one.format(n="1 more")
        return said if said != self.one else f"{said} more"


def _is_one_of(kinds: tuple[str, ...]) -> sa.ColumnElement[bool]:
    # Compared one by one: SQLite looks longer into a list.
    return sa.or_(*(Earned.kind == kind for kind in kinds))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "score",
            POINT,
            (),
            sa.func.sum(Earned.points),
            "Earn {n} point",
            "Earn {n} points",
        ),
        Metric(
            "events",
            1,
            EVENTS,
            sa.func.count(),
            "Contribute once",
            "Contribute {n} times",
        ),
        Metric(
            "authored",
            1,
            AUTHORED,
            sa.func.count(sa.distinct(Earned.item_id)),
            "Hand in or post {n} piece of work",
            "Hand in or post {n} different pieces of work",
        ),
        Metric(
            "active_days",
            1,
            EVENTS,
            sa.func.count(sa.distinct(Earned.day)),
            "Be active on {n} day",
            "Be active on {n} different days",
        ),
        Metric(
            "completed",
            1,
            ("completed",),
            sa.func.count(),
            "Complete {n} activity",
            "Complete {n} activities",
        ),
    )
}
