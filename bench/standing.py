"""The standings of a course that was filled, as `activity.record` would leave them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import ALL, day_of, month_key, totals, week_key, week_of
from gamification.metrics.periods import month_of
from gamification.standings.audience import PARTICIPANTS
from gamification.standings.histogram import recount
from models import Context, Standing

COLUMNS = (
    *("context_id", "period", "membership_id", "points", "events", "completed"),
    *("audience", "updated_at"),
)


def stand(session: Session, context_id: int, now: datetime) -> None:
    """Put everybody on the board, of all time and of the running week and month.

    By set: counting two million facts one by one is not what is measured.
    """
    context = session.get_one(Context, context_id)
    context.board_enabled, context.board_participation = True, "all"
    context.board_top, context.board_neighbours = 10, 5
    today = day_of(now, context.zone)
    periods: dict[str, Any] = {
        ALL: None,
        week_key(today): week_of(today),
        month_key(today): month_of(today),
    }
    for period, days in periods.items():
        of = totals(context_id, days=days).subquery()
        rows = sa.select(
            sa.literal(context_id),
            sa.literal(period),
            *(of.c.membership_id, of.c.score, of.c.events, of.c.completed),
            sa.literal(PARTICIPANTS),
            sa.literal(now, Standing.updated_at.type),
        )
        session.execute(sa.insert(Standing).from_select(COLUMNS, rows))
    recount(session, context_id)
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("ANALYZE"))
        session.commit()
