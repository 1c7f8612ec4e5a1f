"""Results: percents on items and their average, compared without rounding.

A percent is a score and a maximum; it is compared by multiplying, never by dividing:
79.99 is not 80, and 24 of 30 is. Who has no result has no percent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from gamification.metrics.scopes import Scope
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

    Raises ValueError for more than two decimals and for what is not from -1000 to
    1000: nothing below can then overflow 64 bits.
    """
    scaled = Decimal(str(bound)) * 100
    if scaled != scaled.to_integral_value() or abs(scaled) > 100_000:
        raise ValueError("A percent has at most two decimals and is -1000 to 1000.")
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


def parts_of(whole: int) -> sa.ColumnElement[int | None]:
    """Return a result in so many parts of its full marks, rounded down."""
    return Earned.score * whole // Earned.maximum


def best_percent(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Return the best percent, rounded down to be shown: 79.999 is 79."""
    best = sa.func.max(parts_of(100))
    return sa.func.coalesce(best.filter(*IS_RESULT, *conditions), 0)


def results_or_excuses(scope: Scope) -> sa.ColumnElement[bool]:
    """Hold for the rows that an average over a scope's items looks at.

    An excuse has no day of its own: it leaves its item out of every window.
    """
    is_result = sa.and_(*IS_RESULT, *scope.window)
    return sa.and_(*scope.of_items, sa.or_(is_result, sa.and_(*IS_EXCUSED)))


@dataclass(frozen=True)
class Average:
    """The average of the best percents on some items, each of them 100 at most.

    What has no result yet counts as zero; what is excused is left out. It is
    told apart from a bound to a billionth of a percent, and met where it is equal.
    """

    number: int
    """How many items it is over, those that nobody knows among them."""
    found: sa.FromClause
    """The rows of `best_results`, one for a member, beside those of `earned`."""

    def is_at_least(self, bound: Bound) -> sa.ColumnElement[bool]:
        return sa.and_(self.items_left > 0, self._sum("up") >= self._needed(bound))

    def is_more_than(self, bound: Bound) -> sa.ColumnElement[bool]:
        return sa.and_(self.items_left > 0, self._sum("down") > self._needed(bound))

    def is_at_most(self, bound: Bound) -> sa.ColumnElement[bool]:
        return sa.and_(self.items_left > 0, self._sum("down") <= self._needed(bound))

    @property
    def shown(self) -> sa.ColumnElement[int]:
        """The average in whole per cent, rounded down."""
        whole = sa.func.nullif(self.items_left, 0) * (WHOLE // 100)
        return sa.func.coalesce(self._sum("up") // whole, 0)

    @property
    def items_left(self) -> sa.ColumnElement[int]:
        """Count the items that are not excused; a result counts in any case."""
        return sa.literal(self.number, sa.BigInteger) - self._sum("excused")

    def _needed(self, bound: Bound) -> sa.ColumnElement[int]:
        return hundredths(bound) * (WHOLE // 10_000) * self.items_left

    def _sum(self, name: str) -> sa.ColumnElement[int]:
        # There is one row for a member: it stands beside rows that are grouped.
        return sa.func.coalesce(sa.func.max(self.found.c[name]), 0)


def best_results(scope: Scope, facts: Conditions) -> sa.Subquery:
    """Select `membership_id` and what their best results on a scope's items add up to.

    `up` and `down` are sums of shares of WHOLE, each rounded so; `graded` and
    `excused` count items. Two passes, however many items there are.
    """
    is_result = sa.and_(*IS_RESULT, *scope.window)
    up, down = (
        sa.func.max(_share(up=is_up)).filter(is_result) for is_up in (True, False)
    )
    best = (
        sa.select(Earned.membership_id, up.label("up"), down.label("down"))
        .where(*facts, results_or_excuses(scope))
        .group_by(Earned.membership_id, Earned.item_id)
        .subquery()
    )
    graded = sa.func.count(best.c.up)
    return (
        sa.select(
            best.c.membership_id,
            _whole(sa.func.sum(best.c.up)).label("up"),
            _whole(sa.func.sum(best.c.down)).label("down"),
            graded.label("graded"),
            (sa.func.count() - graded).label("excused"),
        )
        .group_by(best.c.membership_id)
        .subquery()
    )


def _whole(total: sa.Function[int]) -> sa.ColumnElement[int]:
    # PostgreSQL widens a sum to a decimal type; it is a whole number.
    return sa.cast(sa.func.coalesce(total, 0), sa.BigInteger)


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
