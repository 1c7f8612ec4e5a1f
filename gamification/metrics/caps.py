"""Counts in which no day, or no item, may weigh too much."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from models import Earned

BY_DAY: sa.SQLColumnExpression[Any] = Earned.day
BY_ITEM: sa.SQLColumnExpression[Any] = Earned.item_id


def capped(
    facts: Sequence[sa.ColumnElement[bool]],
    by: sa.SQLColumnExpression[Any],
    most: int,
) -> sa.Subquery:
    """Select `membership_id` and the `number` of their facts, so many of each at most.

    `by` is what each is: BY_DAY or BY_ITEM, where what belongs to no item is together
    one. Two passes, however many days there are.
    """
    counted = (
        sa.select(Earned.membership_id, sa.func.count().label("number"))
        .where(*facts)
        .group_by(Earned.membership_id, by)
        .subquery()
    )
    least = sa.case((counted.c.number > most, most), else_=counted.c.number)
    # PostgreSQL widens a sum to a decimal type; it is a whole number.
    total = sa.cast(sa.func.sum(least), sa.BigInteger)
    return (
        sa.select(counted.c.membership_id, total.label("number"))
        .group_by(counted.c.membership_id)
        .subquery()
    )
