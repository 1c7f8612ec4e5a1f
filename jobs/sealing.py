"""The audit's chain: every decision is sealed once, and stands on the one before it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.clock import now
from jobs.digests import BEGINNING, digest_of_details, digest_of_entry, digest_of_seal
from lti.audit import PASSING
from models import AuditEntry, AuditSeal
from models.db import db
from models.locks import lock_audit, retried

PIECE = 200
"""So many one transaction seals: SQLite's other writers wait for it."""
LATEST = timedelta(days=1)
"""Entries of a transaction that took longer are sealed by the night's look at all."""
SALT_BYTES = 16
IS_DECISION = AuditEntry.action.not_in(PASSING)

Entries = Sequence[sa.Row[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Head:
    """The last seal, on which all before it can be told; 0 while there is none."""

    position: int = 0
    digest: str = BEGINNING
    sealed_at: datetime | None = None


def seal_audit() -> None:
    """Seal the decisions that nobody sealed yet, in pieces.

    An entry is seen when its transaction ends, which may be after one with a greater
    number: a day is looked back.
    """
    session = db.session()
    query = (
        sa.select(AuditSeal.entry_id)
        .where(AuditSeal.sealed_at < now() - LATEST)
        .order_by(AuditSeal.position.desc())
        .limit(1)
    )
    _seal_after(session, session.scalar(query) or 0)


def seal_late_entries() -> None:
    """Do the same among all entries there are, however late one was seen."""
    _seal_after(db.session(), 0)


def head_of(session: Session) -> Head:
    """Return the end of the chain; one query."""
    query = sa.select(AuditSeal.position, AuditSeal.digest, AuditSeal.sealed_at)
    last = session.execute(query.order_by(AuditSeal.position.desc()).limit(1)).first()
    return Head(*last) if last else Head()


def unsealed(after: int = 0) -> sa.Select[*tuple[Any, ...]]:
    """Ask for the decisions beyond an entry that are not in the chain."""
    is_sealed = sa.exists().where(AuditSeal.entry_id == AuditEntry.id)
    return sa.select(*AuditEntry.__table__.c).where(
        AuditEntry.id > after, IS_DECISION, ~is_sealed
    )


def _seal_after(session: Session, entry_id: int) -> None:
    while True:
        query = unsealed(entry_id).order_by(AuditEntry.id).limit(PIECE)
        entries = session.execute(query).all()
        session.rollback()
        if not entries:
            return
        _seal(session, entries)
        entry_id = entries[-1].id


def _seal(session: Session, entries: Entries) -> None:
    """Seal some entries, unless another worker just did; whole or not at all."""

    def whole() -> None:
        lock_audit(session)
        sealed = sa.select(AuditSeal.entry_id).where(
            AuditSeal.entry_id.in_([entry.id for entry in entries])
        )
        known = set(session.scalars(sealed))
        new = [entry for entry in entries if entry.id not in known]
        rows = _seals(new, head_of(session), now())
        if rows:
            session.execute(sa.insert(AuditSeal), rows)
        session.commit()

    try:
        retried(session, whole)
    finally:
        session.rollback()


def _seals(entries: Entries, head: Head, moment: datetime) -> list[dict[str, Any]]:
    rows = []
    previous = head.digest
    for position, entry in enumerate(entries, head.position + 1):
        salt = secrets.token_hex(SALT_BYTES)
        details = digest_of_details(salt, entry.details)
        whole = digest_of_entry(entry, details)
        digest = digest_of_seal(previous, position, whole, moment)
        rows.append(
            {
                "entry_id": entry.id,
                "position": position,
                "previous": previous,
                "salt": salt,
                "details_digest": details,
                "entry_digest": whole,
                "digest": digest,
                "sealed_at": moment,
            }
        )
        previous = digest
    return rows
