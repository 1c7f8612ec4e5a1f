"""Users that turn out to be one person, with its line in the audit.

The caller commits.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.merging import MergeRefused, Pair, merge, unmerge
from jobs.settings import settings
from lti import audit
from models import PersonMerge, User


@dataclass(frozen=True)
class Named:
    """Two users, by our ids: who stays, and who turned out to be the same."""

    kept: str
    merged: str


class NobodyThere(MergeRefused):
    """Nobody has one of the ids; the message says which, not what was asked."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}: nobody has this id; take Laurel's own")


def merge_people(
    session: Session, tenant_id: int | None, named: Named, by: Giver, now: datetime
) -> PersonMerge:
    """Let two users be one as `merge` does: a tenant's, or for None anybody's.

    Raises NobodyThere for an id of nobody there, and MergeRefused as `merge` does.
    """
    pair = Pair(
        _user(session, tenant_id, "kept", named.kept),
        _user(session, tenant_id, "merged", named.merged),
        by.id,
    )
    row = merge(session, pair, now, environment=settings().gamification_enabled)
    _note(session, row, "person_merged", by, now)
    return row


def part_people(session: Session, row: PersonMerge, by: Giver, now: datetime) -> None:
    """Take a merge back. Raises MergeRefused as `unmerge` does."""
    unmerge(session, row, now, environment=settings().gamification_enabled)
    _note(session, row, "person_parted", by, now)


def _user(session: Session, tenant_id: int | None, field: str, public_id: str) -> User:
    query = sa.select(User).where(User.public_id == public_id)
    if tenant_id is not None:
        query = query.where(User.tenant_id == tenant_id)
    user = session.scalar(query)
    if user is None:
        raise NobodyThere(field)
    return user


def _note(
    session: Session, row: PersonMerge, action: str, by: Giver, now: datetime
) -> None:
    """Write it into the audit: ids alone."""
    audit.note(
        session,
        action,
        now,
        tenant_id=row.tenant_id,
        merge=row.public_id,
        by=by.id,
        role=by.role,
    )
