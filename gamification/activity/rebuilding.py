"""Making everything derived anew from the log: it comes out equal."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.earning import changes_of, write
from gamification.activity.ledger import current_entries
from gamification.activity.scoring import course_of
from gamification.standings.upkeep import move
from models import Context, Earned, Histogram, Membership, Standing
from models.locks import lock_course

MEMBERS_AT_ONCE = 200


def rebuild(session: Session, context: Context, now: datetime) -> None:
    """Drop a course's points, standings and histograms and derive them anew.

    For a changed time zone or scoring; awards are records and stay.
    """
    lock_course(session, context.id)
    session.flush()
    for derived in (Earned, Standing, Histogram):
        session.execute(
            sa.delete(derived)
            .where(derived.context_id == context.id)
            .execution_options(synchronize_session=False)
        )
    course = course_of(session, context)
    for members in _batches(session, context.id):
        facts = course.worth(current_entries(session, members))
        write(session, context.id, facts)
        move(session, context, changes_of(plus=facts), now)


def _batches(session: Session, context_id: int) -> Iterator[list[int]]:
    last = 0
    while True:
        members = list(
            session.scalars(
                sa.select(Membership.id)
                .where(Membership.context_id == context_id, Membership.id > last)
                .order_by(Membership.id)
                .limit(MEMBERS_AT_ONCE)
            )
        )
        if not members:
            return
        yield members
        last = members[-1]
