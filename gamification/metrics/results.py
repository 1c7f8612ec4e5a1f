"""Results: percents on items and their average, compared without rounding.

A percent is a score and a maximum; it is compared by multiplying, never by dividing:
79.99 is not 80, and 24 of 30 is. Who has no result has no percent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from models import Earned

Bound = Decimal | float
Conditions = Sequence[sa.ColumnElement[bool]]

IS_RESULT = (Earned.kind == "graded", Earned.maximum > 0)
"""A result that has a percent; an excused one has no maximum here, and a
maximum of zero has no percent."""
IS_EXCUSED = (Earned.kind == "graded", Earned.status == "excused")
STEP = 1_000_000
WHOLE = STEP * STEP
"""Full marks of one item in an average: a share is counted in such parts."""


def hundredths(bound: Bound) -> int:
    """Return a percent in hundredths of a percent.

    Raises ValueError for more than two decimals and for what is not from 0 to 1000:
    nothing below can then overflow 64 bits.
    """
    scaled = Decimal(str(bound)) * 100
    if scaled != scaled.to_integral_value() or not 0 <= scaled <= 100_000:
        raise ValueError("A percent has at most two decimals and is at most 1000.")
    return int(scaled)


def is_at_least(bound: Bound) -> sa.ColumnElement[bool]:
    """Hold for a result of so many per cent or more."""
    return Earned.score * 10_000 >= hundredths(bound) * Earned.maximum


def is_more_than(bound: Bound) -> sa.ColumnElement[bool]:
    """Hold for a result of more than so many per cent."""
    return Earned.score * 10_000 > hundredths(bound) * Earned.maximum


def items_with(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Count the different items with a result of which all conditions hold."""
    return sa.func.count(sa.distinct(Earned.item_id)).filter(*IS_RESULT, *conditions)


def best_percent(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Return the best percent, rounded down to be shown: 79.999 is 79."""
    best = sa.func.max(Earned.score * 100 // Earned.maximum)
    return sa.func.coalesce(best.filter(*IS_RESULT, *conditions), 0)


@dataclass(frozen=True)
class Average:
    """The average of the best percents on some items, each of them 100 at most.

    What has no result yet counts as zero; what is excused is left out. It is
    told apart from a bound to a billionth of a percent, and met where it is equal.
    """

    items: tuple[int, ...]
    conditions: Conditions = ()

    def is_at_least(self, bound: Bound) -> sa.ColumnElement[bool]:
        return sa.and_(self.items_left > 0, self._up >= self._needed(bound))

    def is_more_than(self, bound: Bound) -> sa.ColumnElement[bool]:
        return sa.and_(self.items_left > 0, self._down > self._needed(bound))

    def is_at_most(self, bound: Bound) -> sa.ColumnElement[bool]:
        return sa.and_(self.items_left > 0, self._down <= self._needed(bound))

    @property
    def shown(self) -> sa.ColumnElement[int]:
        """The average in whole per cent, rounded down."""
        whole = sa.func.nullif(self.items_left, 0) * (WHOLE // 100)
        return sa.func.coalesce(self._up // whole, 0)

    @property
    def items_left(self) -> sa.ColumnElement[int]:
        """Count the items that are not excused; a result counts in any case."""
        ours = (Earned.item_id.in_(self.items), *self.conditions)
        different = sa.func.count(sa.distinct(Earned.item_id))
        known = different.filter(sa.or_(sa.and_(*IS_RESULT), sa.and_(*IS_EXCUSED)))
        excused = known.filter(*ours) - items_with(*ours)
        return sa.literal(len(self.items), sa.BigInteger) - excused

    def _needed(self, bound: Bound) -> sa.ColumnElement[int]:
        return hundredths(bound) * (WHOLE // 10_000) * self.items_left

    @property
    def _up(self) -> sa.ColumnElement[int]:
        return self._sum(up=True)

    @property
    def _down(self) -> sa.ColumnElement[int]:
        return self._sum(up=False)

    def _sum(self, *, up: bool) -> sa.ColumnElement[int]:
        share = sa.func.max(_share(up=up))
        total: sa.ColumnElement[int] = sa.literal(0, sa.BigInteger)
        for item in self.items:
            best = share.filter(*IS_RESULT, Earned.item_id == item, *self.conditions)
            total = total + sa.func.coalesce(best, 0)
        return total


def _share(*, up: bool) -> sa.ColumnElement[int]:
    """Return a result as parts of WHOLE, at most all of them, rounded down or up.

    Divided twice, because a score of a million points times WHOLE overflows.
    """
    full = Earned.maximum
    score = sa.case((Earned.score > full, full), else_=Earned.score)
    coarse, rest = score * STEP // full, score * STEP % full
    fine = rest * STEP // full
    if up:
        fine = (rest * STEP + full - 1) // full
    return coarse * STEP + fine
