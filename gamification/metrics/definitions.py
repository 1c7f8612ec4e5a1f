"""The metrics: what each adds up, in which unit, and how people say it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.sql.functions import count

from models import Earned

POINT = 1_000_000
"""Points and scores are whole numbers of millionths."""

EVENTS = ("submitted", "posted", "completed")
AUTHORED = ("submitted", "posted")
COUNTS = ("normal", "late")
"""The statuses whose facts count; the others are known and worth nothing."""
UNITS_OF_TIME = {
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}


def duration(seconds: float) -> str:
    """Say how long something takes, to the second: `1 hour 5 minutes`."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    parts, left = [], timedelta(seconds=seconds)
    for unit, length in UNITS_OF_TIME.items():
        number, left = divmod(left, length)
        if number:
            parts.append(f"{number} {unit}" if number == 1 else f"{number} {unit}s")
    return " ".join(parts) or "0 seconds"


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
    said: Callable[[float], str] = str
    """How the number reads."""
    single: str = ""
    """How one reads by itself, where that is a word of its own."""

    @property
    def column(self) -> sa.ColumnElement[int]:
        """The aggregate over all rows of `earned`."""
        return self.over()

    def over(self, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        """Return the aggregate over the rows that meet all conditions."""
        rows = [*self.rows, *conditions]
        number = self.counted.filter(*rows) if rows else self.counted
        if isinstance(self.counted, count):
            return number
        # A sum over no row is empty, and PostgreSQL widens one to a decimal type.
        return sa.cast(sa.func.coalesce(number, 0), sa.BigInteger)

    @property
    def rows(self) -> list[sa.ColumnElement[bool]]:
        """The condition that a row of `earned` must meet to raise it, if there is one."""
        return [_is_one_of(self.kinds)] if self.kinds else []

    def phrase(self, *numbers: float, how: str = "{}") -> str:
        """Say in a sentence what to do to reach so many, or `more than {}` so many."""
        if numbers == (1,):
            return self.one.format(n=how.format(self.single or self.said(1)))
        return self.many.format(n=how.format(*map(self.said, numbers)))


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
            "Contribute {n}",
            "Contribute {n} times",
            single="once",
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
        Metric(
            "time_spent",
            1,
            ("spent",),
            sa.func.sum(Earned.seconds),
            "Spend {n}",
            "Spend {n}",
            duration,
        ),
    )
}
