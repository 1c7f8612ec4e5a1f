"""The one pass over `earned` that gives every metric of many members."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import METRICS
from gamification.metrics.people import RANKED
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
