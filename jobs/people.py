"""Users that turn out to be one person: each decision a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gamification.awards.giving import OPERATOR
from gamification.merging import MergeRefused, Pair, merge, unmerge
from jobs.clock import now
from jobs.settings import settings
from models import AuditEntry, PersonMerge, User
from models.db import db
from models.locks import begin_write, retried


@dataclass(frozen=True)
class MergeRow:
    """A merge, as the operator reads it."""

    id: str
    kept: str
    merged: str
    merged_at: datetime
    reversed_at: datetime | None


def merge_people(kept: str, merged: str) -> str:
    """Let two users be one, by our ids; return the id of the merge.

    Raises MergeRefused with a sentence where that cannot be.
    """

    def work(session: Session) -> PersonMerge:
        pair = Pair(_user(session, kept), _user(session, merged), OPERATOR)
        return merge(session, pair, now(), environment=_environment())

    return _done(work, "person_merged")


def part_people(public_id: str) -> str:
    """Take a merge back, by its id. Raises MergeRefused as `unmerge` does."""

    def work(session: Session) -> PersonMerge:
        query = sa.select(PersonMerge).where(PersonMerge.public_id == public_id)
        row = session.scalar(query)
        if row is None:
            raise MergeRefused("There is no such merge: `flask person list`.")
        unmerge(session, row, now(), environment=_environment())
        return row

    return _done(work, "person_parted")


def merges(session: Session) -> list[MergeRow]:
    """Return the newest 200 merges, the newest first."""
    kept, merged = aliased(User), aliased(User)
    rows = session.execute(
        sa.select(
            PersonMerge.public_id,
            kept.public_id,
            merged.public_id,
            PersonMerge.merged_at,
            PersonMerge.reversed_at,
        )
        .join(kept, kept.id == PersonMerge.kept_id)
        .join(merged, merged.id == PersonMerge.merged_id)
        .order_by(PersonMerge.id.desc())
        .limit(200)
    )
    return [
        MergeRow(public_id, kept_id, merged_id, merged_at, reversed_at)
        for public_id, kept_id, merged_id, merged_at, reversed_at in rows
    ]


def _done(work: Callable[[Session], PersonMerge], action: str) -> str:
    """Do a merge or its reversal with what follows, whole or not at all."""
    session = db.session()

    def whole() -> str:
        begin_write(session)
        row = work(session)
        _note(session, row, action)
        session.commit()
        return row.public_id

    session.rollback()
    try:
        return retried(session, whole)
    finally:
        session.rollback()


def _environment() -> bool:
    return settings().gamification_enabled


def _user(session: Session, public_id: str) -> User:
    user = session.scalar(sa.select(User).where(User.public_id == public_id))
    if user is None:
        raise MergeRefused(f"There is no user {public_id[:30]}: take our ids.")
    return user


def _note(session: Session, row: PersonMerge, action: str) -> None:
    """Write it into the audit: ids alone."""
    details = {"merge": row.public_id, "by": OPERATOR, "role": OPERATOR}
    session.add(
        AuditEntry(
            tenant_id=row.tenant_id,
            happened_at=now(),
            action=action,
            details=details,
        )
    )
