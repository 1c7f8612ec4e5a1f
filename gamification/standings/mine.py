"""What a learner sees of themself; it takes no board and no others."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import ALL, POINT, day_of, month_key, week_key
from models import Context, Membership, Standing


@dataclass(frozen=True)
class MyStanding:
    """One's own totals in a period."""

    points: int
    """Whole points, rounded down."""
    events: int
    completed: int
    updated_at: datetime | None


@dataclass(frozen=True)
class PersonalBest:
    """This week beside one's own best week, in whole points."""

    this_week: int
    best: int
    best_week: str | None
    """As `2026-W47`; empty for who earned nothing yet."""

    @property
    def is_now(self) -> bool:
        """Say whether this week is the best so far."""
        return 0 < self.this_week == self.best


NOTHING = MyStanding(0, 0, 0, None)


def periods_of(context: Context, now: datetime) -> dict[str, str]:
    """Return the keys of the periods that are running, by their short names."""
    today = day_of(now, context.zone)
    return {"all": ALL, "week": week_key(today), "month": month_key(today)}


def standing_of(session: Session, member: Membership, period: str = ALL) -> MyStanding:
    """Return a member's own totals in one period, by its key."""
    row = session.execute(
        sa.select(
            Standing.points, Standing.events, Standing.completed, Standing.updated_at
        ).where(
            Standing.context_id == member.context_id,
            Standing.period == period,
            Standing.membership_id == member.id,
        )
    ).one_or_none()
    if row is None:
        return NOTHING
    return MyStanding(row.points // POINT, row.events, row.completed, row.updated_at)


def personal_best(session: Session, member: Membership, now: datetime) -> PersonalBest:
    """Compare a member's week with their own best one; of equal weeks the last."""
    rows = session.execute(
        sa.select(Standing.period, Standing.points)
        .where(
            Standing.context_id == member.context_id,
            Standing.membership_id == member.id,
            Standing.period.like("%-W%"),
        )
        .order_by(Standing.points.desc(), Standing.period.desc())
    ).all()
    weeks = {row.period: row.points // POINT for row in rows}
    best_week = rows[0].period if rows and rows[0].points else None
    this_week = weeks.get(periods_of(member.context, now)["week"], 0)
    return PersonalBest(this_week, weeks.get(best_week or "", 0), best_week)
