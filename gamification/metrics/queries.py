"""The one pass over `earned` that gives every metric of many members."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import METRICS
from gamification.metrics.people import RANKED
from models import Earned, Membership

Bound = Decimal | int


def totals(
    context_id: int | sa.ColumnElement[int],
    *,
    since: datetime | sa.ColumnElement[datetime] | None = None,
    members: Sequence[int] | sa.BindParameter[Any] | None = None,
    days: tuple[date, date] | None = None,
) -> sa.Select[*tuple[Any, ...]]:
    """Select `membership_id` and all flat metrics of those who earned anything.

    Facts before `since` do not count, nor those outside of `days`, the first and the
    last in the course's zone. Values are in the metric's unit.
    """
    columns = [metric.column.label(name) for name, metric in METRICS.items()]
    query = (
        sa.select(Earned.membership_id, *columns)
        .where(Earned.context_id == context_id)
        .group_by(Earned.membership_id)
    )
    if since is not None:
        query = query.where(Earned.occurred_at >= since)
    if days is not None:
        query = query.where(Earned.day.between(*days))
    if members is not None:
        query = query.where(Earned.membership_id.in_(members))
    return query


def values(
    session: Session,
    context_id: int,
    metric: str,
    members: Sequence[int] | None = None,
) -> dict[int, int]:
    """Return a flat metric by membership; who earned nothing is not in it.

    `score` is in millionths of a point, the others are counts.
    """
    query = totals(context_id, members=members).subquery()
    rows = session.execute(sa.select(query.c.membership_id, query.c[metric]))
    return dict(rows.all())


def percents(session: Session, context_id: int, item_id: int) -> dict[int, int]:
    """Return each member's best percent on an item, rounded down: 79.999 is 79.

    More than full marks is more than 100; a maximum of zero has no percent.
    """
    best = sa.func.max(Earned.score * 100 // Earned.maximum)
    rows = session.execute(
        _graded(context_id, item_id)
        .add_columns(Earned.membership_id, best)
        .group_by(Earned.membership_id)
    )
    return dict(rows.all())


def reaching(
    session: Session,
    context_id: int,
    item_id: int,
    *,
    at_least: Bound | None = None,
    more_than: Bound | None = None,
) -> set[int]:
    """Return who reached a percent on an item, compared without dividing.

    A bound has at most two decimals and is at most 1000, so that nothing
    overflows 64 bits; raises ValueError for another.
    """
    have = Earned.score * 10_000
    conditions = []
    if at_least is not None:
        conditions.append(have >= _hundredths(at_least) * Earned.maximum)
    if more_than is not None:
        conditions.append(have > _hundredths(more_than) * Earned.maximum)
    query = _graded(context_id, item_id).add_columns(Earned.membership_id)
    return set(session.scalars(query.where(*conditions).distinct()))


def contributors(session: Session, context_id: int) -> int:
    """Count the active learners with at least one fact that counts."""
    earned = sa.exists().where(
        Earned.context_id == context_id, Earned.membership_id == Membership.id
    )
    query = sa.select(sa.func.count()).where(
        Membership.context_id == context_id, *RANKED, earned
    )
    return session.scalars(query).one()


def _graded(context_id: int, item_id: int) -> sa.Select[*tuple[Any, ...]]:
    return sa.select().where(
        Earned.context_id == context_id,
        Earned.item_id == item_id,
        Earned.kind == "graded",
        Earned.maximum > 0,
    )


def _hundredths(bound: Bound) -> int:
    scaled = Decimal(bound) * 100
    if scaled != scaled.to_integral_value() or not 0 <= scaled <= 100_000:
        raise ValueError("A percent has at most two decimals and is at most 1000.")
    return int(scaled)
