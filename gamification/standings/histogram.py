"""How many people have how many points: what makes a rank cheap.

Whole points are counted, as people read them: nobody loses a place to a fraction
that no one can see.
"""

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from gamification.metrics import POINT
from gamification.standings.audience import AUDIENCES, EVERYBODY, PARTICIPANTS, SHOWN
from models import Histogram, ShownStanding, Standing
from models.upsert import insert

COLUMNS = ("context_id", "period", "audience", "points", "people")
Place = tuple[str, str, int]
"""A period, an audience and a number of whole points."""


def shift(session: Session, context_id: int, people: Counter[Place]) -> None:
    """Add or take away people at places; a place without people is no row."""
    moved = sorted((key, change) for key, change in people.items() if change)
    if not moved:
        return
    statement = insert(session, Histogram)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["context_id", "period", "audience", "points"],
            set_={"people": Histogram.people + statement.excluded.people},
        ),
        [
            {
                "context_id": context_id,
                "period": period,
                "audience": audience,
                "points": points,
                "people": change,
            }
            for (period, audience, points), change in moved
        ],
    )
    left = [(period, points) for (period, _, points), change in moved if change < 0]
    if left:
        session.execute(
            sa.delete(Histogram)
            .where(
                Histogram.context_id == context_id,
                Histogram.people == 0,
                Histogram.period.in_({period for period, _ in left}),
                Histogram.points.in_({points for _, points in left}),
            )
            .execution_options(synchronize_session=False)
        )


def recount(session: Session, context_id: int) -> None:
    """Build a course's histograms anew from its standings."""
    _clear(session, context_id, (EVERYBODY, PARTICIPANTS))
    whole = _whole(Standing.points)
    for audience in (EVERYBODY, PARTICIPANTS):
        counted = [name for name, within in AUDIENCES.items() if audience in within]
        people = (
            sa.select(
                Standing.context_id,
                Standing.period,
                sa.literal(audience),
                whole,
                sa.func.count(),
            )
            .where(Standing.context_id == context_id, Standing.audience.in_(counted))
            .group_by(Standing.context_id, Standing.period, whole)
        )
        session.execute(sa.insert(Histogram).from_select(COLUMNS, people))


def recount_shown(session: Session, context_id: int) -> None:
    """Build the histograms of what is shown to others anew."""
    _clear(session, context_id, (SHOWN,))
    whole = _whole(ShownStanding.points)
    people = (
        sa.select(
            ShownStanding.context_id,
            ShownStanding.period,
            sa.literal(SHOWN),
            whole,
            sa.func.count(),
        )
        .where(
            ShownStanding.context_id == context_id, ShownStanding.points.is_not(None)
        )
        .group_by(ShownStanding.context_id, ShownStanding.period, whole)
    )
    session.execute(sa.insert(Histogram).from_select(COLUMNS, people))


def _clear(session: Session, context_id: int, audiences: tuple[str, ...]) -> None:
    session.execute(
        sa.delete(Histogram)
        .where(Histogram.context_id == context_id, Histogram.audience.in_(audiences))
        .execution_options(synchronize_session=False)
    )


def _whole(points: InstrumentedAttribute[Any]) -> sa.ColumnElement[Any]:
    # Written out: PostgreSQL must see that it groups by what it selects.
    return points // sa.literal_column(str(POINT), sa.BigInteger)
