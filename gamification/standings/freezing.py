"""Closed periods stay as they were: nobody's place in October moves in December.

docs/decisions tells where the line is, and what still changes behind it.
"""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from gamification.metrics import (
    ALL,
    TERM,
    day_of,
    days_of_key,
    month_key,
    week_key,
)
from models import Context, Contribution

DAYS_OPEN = 7
"""So many whole days after its last one a period still takes what comes late."""
WEEK, MONTH = "2026-W01", "2026-01"
"""How long the keys are, as they tell the two apart."""


def freeze(session: Session, context: Context, now: datetime) -> None:
    """Move the line up to which closed periods stay as they are, if it is time.

    It never moves back, whatever becomes of the course's zone. A course that began to
    be counted less than a week ago has no frozen periods: its first facts tell of
    weeks that nobody has seen a board of. The caller has locked the course.
    """
    line = day_of(now, context.zone) - timedelta(days=DAYS_OPEN + 1)
    if context.frozen_through is not None and context.frozen_through >= line:
        return
    if day_of(context.created_at, context.zone) > line:
        return
    first = session.scalar(
        sa.select(sa.func.min(Contribution.recorded_at)).where(
            Contribution.context_id == context.id
        )
    )
    if first is not None and day_of(first, context.zone) <= line:
        context.frozen_through = line


def is_frozen(context: Context, key: str) -> bool:
    """Tell whether the standings of a period stay as they are."""
    line = context.frozen_through
    if line is None or key == ALL:
        return False
    if key == TERM:
        return _is_term_frozen(context, line)
    return days_of_key(key)[1] <= line


def frozen_rows(
    context: Context, period: InstrumentedAttribute[str]
) -> sa.ColumnElement[bool]:
    """Say the same as `is_frozen` for the rows of a query."""
    line = context.frozen_through
    if line is None:
        return sa.false()
    # Within weeks and within months the keys are in the order of time.
    week = week_key(line - timedelta(days=6))
    next_day = line + timedelta(days=1)
    month = month_key(next_day.replace(day=1) - timedelta(days=1))
    length = sa.func.length(period)
    return sa.or_(
        sa.and_(length == len(WEEK), period <= week),
        sa.and_(length == len(MONTH), period <= month),
        sa.and_(period == TERM, sa.literal(_is_term_frozen(context, line))),
    )


def _is_term_frozen(context: Context, line: date) -> bool:
    """Tell whether the term was over for a week, and its dates known for one."""
    days = (context.ranked_to, context.ranked_since)
    return all(day is not None and day <= line for day in days)
