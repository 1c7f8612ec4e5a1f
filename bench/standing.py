"""The standings of a course that was filled, as `activity.record` would leave them."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.rebuilding import batches_of
from gamification.awards.evaluation import evaluate_silently
from gamification.metrics import ALL, day_of, month_key, totals, week_key, week_of
from gamification.metrics.periods import month_of
from gamification.standings.audience import PARTICIPANTS
from gamification.standings.bests import renew_bests
from gamification.standings.histogram import recount
from gamification.standings.reaching import reach
from gamification.standings.showing import follow
from gamification.switches import Switch
from models import Context, Standing

COLUMNS = (
    *("context_id", "period", "membership_id", "points", "events", "completed"),
    *("audience", "updated_at"),
)
BATCHES = 100
ON = Switch(environment=True, tenant=True, course=True)


def stand(session: Session, context_id: int, now: datetime, *, weeks: int = 1) -> None:
    """Put everybody on the board, of all time and of the running month and last weeks.

    By set: counting two million facts one by one is not what is measured.
    """
    context = session.get_one(Context, context_id)
    context.board_enabled, context.board_participation = True, "all"
    context.board_top, context.board_neighbours = 10, 5
    today = day_of(now, context.zone)
    periods: dict[str, Any] = {
        ALL: None,
        month_key(today): month_of(today),
    }
    days = [today - timedelta(weeks=n) for n in range(weeks)]
    periods |= {week_key(day): week_of(day) for day in days}
    for period, within in periods.items():
        of = totals(context_id, days=within).subquery()
        rows = sa.select(
            sa.literal(context_id),
            sa.literal(period),
            *(of.c.membership_id, of.c.score, of.c.events, of.c.completed),
            sa.literal(PARTICIPANTS),
            sa.literal(now, Standing.updated_at.type),
        )
        session.execute(sa.insert(Standing).from_select(COLUMNS, rows))
    recount(session, context_id)
    follow(session, context, now)
    _catch_up(session, context, now)
    _count(session)


def _catch_up(session: Session, context: Context, now: datetime) -> None:
    """Let everybody have the badges, bests and milestones that they came to by now."""
    evaluate_silently(session, context, now, switch=ON)
    for number, members in enumerate(batches_of(session, context.id)):
        renew_bests(session, context, now, members, silent=True)
        reach(session, context, now, members, silent=True)
        if number % BATCHES == 0:
            _count(session)


def _count(session: Session) -> None:
    """Let PostgreSQL know how many rows there are; its autovacuum would, in time."""
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("ANALYZE"))
        session.commit()
