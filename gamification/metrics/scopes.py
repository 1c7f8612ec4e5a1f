"""Which facts a metric looks at: those of some items, of some days, on time."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from gamification.metrics.periods import Days, month_of, week_of
from models import Earned

EVER: Days = (None, None)
NEVER: Days = (date.max, date.min)


@dataclass(frozen=True)
class Scope:
    """A part of the facts; as it is made by itself, all of them."""

    items: tuple[int, ...] | None = None
    """The items' ids; an empty tuple means that none of them is known."""
    days: Days = EVER
    on_time: bool = False
    """Leave out what was handed in late."""

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a row of `earned` must meet to be in it."""
        return [*self.of_items, *self.window]

    @property
    def window(self) -> list[sa.ColumnElement[bool]]:
        """What it must meet in time: its days, and not late where that matters."""
        return [*self._of_days, *self._of_status]

    @property
    def of_items(self) -> list[sa.ColumnElement[bool]]:
        """What it must meet to be of these items."""
        if self.items is None:
            return []
        if not self.items:
            return [sa.false()]
        first, *more = self.items
        return [Earned.item_id.in_(self.items) if more else Earned.item_id == first]

    @property
    def _of_days(self) -> list[sa.ColumnElement[bool]]:
        first, last = self.days
        after = [] if first is None else [Earned.day >= first]
        return after if last is None else [*after, Earned.day <= last]

    @property
    def _of_status(self) -> list[sa.ColumnElement[bool]]:
        return [Earned.status != "late"] if self.on_time else []


EVERYTHING = Scope()


def last_days(number: int, today: date) -> Days:
    """Return the days from so many days ago up to today, which is one of them."""
    return today - timedelta(days=number - 1), today


def days_of_period(period: str, today: date, term: Days = EVER) -> Days:
    """Return the days of the `week`, `month` or `term` that today lies in.

    A term without a date at either end has no days: nobody knows when it is.
    """
    if period == "week":
        return week_of(today)
    if period == "month":
        return month_of(today)
    return NEVER if None in term else term


def within(days: Days, others: Days) -> Days:
    """Return the days that are in both."""
    firsts = [day for day in (days[0], others[0]) if day is not None]
    lasts = [day for day in (days[1], others[1]) if day is not None]
    return max(firsts, default=None), min(lasts, default=None)
