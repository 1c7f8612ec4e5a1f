"""Making everything derived anew from the log: it comes out equal."""

from collections.abc import Collection, Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.earning import changes_of, write
from gamification.activity.ledger import current_entries
from gamification.activity.scoring import course_of
from gamification.standings.audience import SHOWN
from gamification.standings.bests import renew_bests
from gamification.standings.freezing import freeze, frozen_rows
from gamification.standings.histogram import recount as recount_people
from gamification.standings.showing import doubt
from gamification.standings.upkeep import NOTHING, move, refresh, totals_of
from models import Context, Earned, Histogram, Membership, PersonalBest, Standing
from models.locks import lock_course

MEMBERS_AT_ONCE = 200


def rebuild(session: Session, context: Context, now: datetime) -> None:
    """Drop a course's points, standings, histograms and bests; derive them anew.

    For a changed time zone or scoring; awards are records and stay, and so do the
    standings of frozen periods: only who is shown in them is looked at again.
    """
    lock_course(session, context.id)
    freeze(session, context, now)
    session.flush()
    _drop(session, context)
    course = course_of(session, context)
    for members in batches_of(session, context.id):
        facts = course.worth(current_entries(session, members))
        write(session, context.id, facts)
        changes = changes_of(plus=facts, term=context.ranked_term)
        move(session, context, changes, now)
        renew_bests(session, context, now, members, silent=True)
    doubt(session, context)
    if context.frozen_through is not None:
        refresh(session, context)
        recount_people(session, context.id)


def recount(
    session: Session, context: Context, members: Collection[int], now: datetime
) -> None:
    """Derive some members' points and standings anew; the course is locked."""
    session.flush()
    session.execute(
        sa.delete(Earned)
        .where(Earned.context_id == context.id, Earned.membership_id.in_(members))
        .execution_options(synchronize_session=False)
    )
    facts = course_of(session, context).worth(current_entries(session, members))
    write(session, context.id, facts)
    changes = changes_of(plus=facts, term=context.ranked_term)
    for key, totals in totals_of(session, context, members).items():
        changes[key] = changes.get(key, NOTHING) + -totals
    some = {key: change for key, change in changes.items() if change != NOTHING}
    move(session, context, some, now)


def _drop(session: Session, context: Context) -> None:
    for derived, stays in (
        (Earned, sa.false()),
        (Standing, frozen_rows(context, Standing.period)),
        (Histogram, Histogram.audience == SHOWN),
        (PersonalBest, sa.false()),
    ):
        session.execute(
            sa.delete(derived)
            .where(derived.context_id == context.id, ~stays)
            .execution_options(synchronize_session=False)
        )


def batches_of(session: Session, context_id: int) -> Iterator[list[int]]:
    """Yield the members of a course, some hundred at a time."""
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
