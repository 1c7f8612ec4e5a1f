"""What a learner sees of themself; it takes no board and no others."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import (
    ALL,
    POINT,
    TERM,
    day_of,
    days_of_key,
    month_key,
    week_key,
)
from gamification.standings.audience import EVERYBODY, PARTICIPANTS
from gamification.standings.filters import FEWEST
from models import Context, Histogram, Membership, Standing


class NoSuchPeriod(LookupError):
    """A course has no such period; the message names those it has."""


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


STEP = 5
FEWEST_FOR_A_SHARE = FEWEST * 100 // STEP
"""A step of fewer people would tell when one of them passes another."""
NOTHING = MyStanding(0, 0, 0, None)
Totals = sa.Row[str, int, int, int, datetime]
# Asked at every launch, so it is put together once.
MINE = sa.select(
    Standing.period,
    Standing.points,
    Standing.events,
    Standing.completed,
    Standing.updated_at,
).where(
    Standing.context_id == sa.bindparam("course"),
    Standing.membership_id == sa.bindparam("member"),
)


def periods_of(context: Context, now: datetime) -> dict[str, str]:
    """Return the keys of the periods that are running, by their short names.

    The term is one of them once standings are counted by its dates, and stays it.
    """
    today = day_of(now, context.zone)
    running = {"all": ALL, "week": week_key(today), "month": month_key(today)}
    return {**running, "term": TERM} if context.has_ranked_term else running


def key_of(context: Context, now: datetime, period: str) -> str:
    """Return the key of a period: a running one's short name, or a past week or month.

    Raises NoSuchPeriod for what is neither, or has not begun.
    """
    running = periods_of(context, now)
    if period in running:
        return running[period]
    try:
        first, _ = days_of_key(period)
    except ValueError:
        first = None
    if first is None or first > day_of(now, context.zone):
        past = "a past week (2026-W45) or month (2026-11)"
        raise NoSuchPeriod(f"there are {', '.join(running)}, and {past}")
    return period


def standing_of(session: Session, member: Membership, period: str = ALL) -> MyStanding:
    """Return a member's own totals in one period, by its key."""
    return _standing(_totals(session, member).get(period))


def progress_of(
    session: Session, member: Membership, now: datetime
) -> tuple[MyStanding, PersonalBest]:
    """Return a member's totals of all time, and their week beside their best one.

    Of equal weeks the last is the best. One question.
    """
    totals = _totals(session, member)
    weeks = {key: row.points for key, row in totals.items() if "-W" in key}
    points, best_week = max(((weeks[key], key) for key in weeks), default=(0, ""))
    this_week = weeks.get(periods_of(member.context, now)["week"], 0)
    best = PersonalBest(
        this_week // POINT, points // POINT, best_week if points else None
    )
    return _standing(totals.get(ALL)), best


def percentile_of(session: Session, member: Membership) -> int | None:
    """Return how many percent of the course's learners have fewer points: 0 to 95.

    All-time, in steps of five, rounded down; nothing below a hundred learners with
    points, or for who has none. One query.
    """
    bars = (
        Histogram.context_id == member.context_id,
        Histogram.period == ALL,
        Histogram.audience == EVERYBODY,
    )
    mine = sa.select(Standing.points // POINT).where(
        Standing.context_id == member.context_id,
        Standing.period == ALL,
        Standing.membership_id == member.id,
        Standing.audience.in_((EVERYBODY, PARTICIPANTS)),
    )
    own = mine.scalar_subquery()
    total, below, points = session.execute(
        sa.select(
            sa.cast(sa.func.sum(Histogram.people), sa.BigInteger),
            sa.cast(
                sa.func.sum(
                    sa.case((Histogram.points < own, Histogram.people), else_=0)
                ),
                sa.BigInteger,
            ),
            own,
        ).where(*bars)
    ).one()
    if points is None or total < FEWEST_FOR_A_SHARE:
        return None
    steps = 100 // STEP
    return int(steps * below // total) * STEP


def _totals(session: Session, member: Membership) -> dict[str, Totals]:
    """Return a member's own totals in every period they did something in."""
    who = {"course": member.context_id, "member": member.id}
    return {row.period: row for row in session.execute(MINE, who)}


def _standing(row: Totals | None) -> MyStanding:
    if row is None:
        return NOTHING
    return MyStanding(row.points // POINT, row.events, row.completed, row.updated_at)
