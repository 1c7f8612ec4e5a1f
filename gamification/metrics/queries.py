"""The one pass over `earned` that gives every metric of many members."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import METRICS
from gamification.metrics.people import RANKED
from gamification.metrics.results import (
    IS_RESULT,
    Average,
    Bound,
    best_results,
    is_at_least,
    is_more_than,
)
from gamification.metrics.scopes import EVERYTHING, Scope
from gamification.metrics.streaks import streaks
from gamification.metrics.weights import TIME
from models import Earned, Membership


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
    *,
    scope: Scope = EVERYTHING,
) -> dict[int, int]:
    """Return a flat metric by membership; who earned nothing is not in it.

    `score` is in millionths of a point, `time_spent` in seconds, the others are counts.
    """
    measured = METRICS[metric].over(*scope.conditions)
    return _by_member(session, context_id, measured, members)


def percents(
    session: Session, context_id: int, item_id: int, *, scope: Scope = EVERYTHING
) -> dict[int, int]:
    """Return each member's best percent on an item, rounded down: 79.999 is 79.

    More than full marks is more than 100; a maximum of zero has no percent.
    """
    best = sa.func.max(Earned.score * 100 // Earned.maximum)
    results = (*IS_RESULT, Earned.item_id == item_id, *scope.conditions)
    return dict(session.execute(_members(context_id, *results).add_columns(best)).all())


def averages(
    session: Session,
    context_id: int,
    items: Sequence[int],
    *,
    scope: Scope = EVERYTHING,
) -> dict[int, int]:
    """Return each member's average percent over some items, rounded down.

    It is that of `Average`; who has no result on any of them is not in it.
    """
    of_items = replace(scope, items=tuple(items))
    found = best_results(of_items, [Earned.context_id == context_id])
    query = (
        sa.select(found.c.membership_id, Average(len(items), found).shown)
        .where(found.c.graded > 0)
        .group_by(found.c.membership_id)
    )
    return dict(session.execute(query).all())


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
    conditions = []
    if at_least is not None:
        conditions.append(is_at_least(at_least))
    if more_than is not None:
        conditions.append(is_more_than(more_than))
    results = (*IS_RESULT, Earned.item_id == item_id, *conditions)
    return set(session.scalars(_members(context_id, *results)))


def weekly_streaks(
    session: Session, context_id: int, *, scope: Scope = EVERYTHING
) -> dict[int, int]:
    """Return each member's best streak in weeks, as `streaks` counts them."""
    best = streaks(Earned.context_id == context_id, *scope.conditions)
    return dict(session.execute(sa.select(best)).all())


def contributors(session: Session, context_id: int) -> int:
    """Count the active learners with at least one fact that counts."""
    earned = sa.exists().where(
        Earned.context_id == context_id,
        Earned.membership_id == Membership.id,
        Earned.kind != TIME.kind,
        # The kind is in the index; the status is asked of the few others.
        sa.or_(Earned.kind != "graded", Earned.status != "excused"),
    )
    query = sa.select(sa.func.count()).where(
        Membership.context_id == context_id, *RANKED, earned
    )
    return session.scalars(query).one()


def _by_member(
    session: Session,
    context_id: int,
    measured: sa.ColumnElement[int],
    members: Sequence[int] | None,
) -> dict[int, int]:
    query = _members(context_id).add_columns(measured)
    if members is not None:
        query = query.where(Earned.membership_id.in_(members))
    return dict(session.execute(query).all())


def _members(
    context_id: int, *conditions: sa.ColumnElement[bool]
) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Earned.membership_id)
        .where(Earned.context_id == context_id, *conditions)
        .group_by(Earned.membership_id)
    )
