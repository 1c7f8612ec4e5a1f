"""People to merge, and everything that is known of them, for tests."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import BY_COMMAND
from gamification.merging import Pair, merge, unmerge
from models import Base, Context, Membership, PersonMerge, Tenant
from tests.factories import a_user
from tests.support.clock import NOW

BESIDE = {"person_merge", "merge_step", "audit_entry", "stream_event", "outbox"}
"""What tells that something happened is no part of what was before it."""


def a_merge(session: Session, tenant: Tenant, public_id: str) -> PersonMerge:
    """Let two users be one who are in no course yet; the merge is known by an id."""
    kept, gone = (a_user(session, tenant=tenant) for _ in range(2))
    row = merge(session, Pair(kept, gone, BY_COMMAND.id), NOW, environment=True)
    row.public_id = public_id
    session.flush()
    return row


def merged(
    session: Session, kept: Membership, gone: Membership, now: datetime = NOW
) -> PersonMerge:
    pair = Pair(kept.user, gone.user, BY_COMMAND.id)
    return merge(session, pair, now, environment=True)


def parted(
    session: Session,
    row: PersonMerge,
    now: datetime = NOW,
    *,
    environment: bool = True,
) -> None:
    """Take a merge back; without the switch nobody's awards are looked at after it."""
    unmerge(session, row, now, environment=environment)


def everything(session: Session) -> dict[str, list[str]]:
    """Return every row there is, table by table."""
    session.flush()
    return {
        table.name: sorted(
            repr(tuple(row)) for row in session.execute(sa.select(table))
        )
        for table in Base.metadata.sorted_tables
        if table.name not in BESIDE
    }


def also_in(session: Session, member: Membership, context: Context) -> Membership:
    """Let the person of a member be in another course, too."""
    place = Membership(
        context_id=context.id,
        user_id=member.user_id,
        name=member.name,
        first_seen_at=NOW,
        role="learner",
    )
    session.add(place)
    session.flush()
    return place
