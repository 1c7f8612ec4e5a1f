"""The audit as it is read: what was decided, the newest first, and its place in the chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.cursors import cursor_of, place_of
from jobs.sealing import IS_DECISION
from models import AuditEntry, AuditSeal, Context, Tenant

LIST = "audit"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries somebody asks for."""

    tenant_id: int | None = None
    """None: everybody's, and those of no organisation."""
    context_id: int | None = None
    action: str | None = None
    with_refusals: bool = False
    """Refusals, too, which are kept for a while and lie outside the chain."""
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One entry; `course` and who decided are ids of ours."""

    happened_at: datetime
    action: str
    tenant: str | None
    course: str | None
    details: dict[str, Any]
    position: int | None
    """Its place in the chain; None until it is sealed."""
    digest: str | None

    @property
    def by(self) -> str | None:
        """Return our id of who decided, a key's id or `operator`, where it is known."""
        return self.details.get("by")


@dataclass(frozen=True)
class EntryPage:
    rows: list[EntryRow]
    next: str | None


def entries_of(session: Session, wanted: Wanted) -> EntryPage:
    """Return a page of the audit, the newest first. One query. Raises BadCursor."""
    place = (AuditEntry.happened_at, AuditEntry.id)
    query = _entries(wanted)
    if wanted.after is not None:
        before = place_of(LIST, wanted.after, datetime, int)
        query = query.where(sa.tuple_(*place) < before)
    newest = query.order_by(*(one.desc() for one in place))
    found = session.execute(newest.limit(wanted.limit + 1)).all()
    more, shown = len(found) > wanted.limit, found[: wanted.limit]
    following = None
    if more:
        following = cursor_of(LIST, shown[-1].happened_at, shown[-1].id)
    return EntryPage([_row(one) for one in shown], following)


def _entries(wanted: Wanted) -> sa.Select[*tuple[Any, ...]]:
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(AuditEntry.id, AuditEntry.happened_at, AuditEntry.action),
            *(Tenant.key.label("tenant"), Context.public_id.label("course")),
            *(AuditEntry.details, AuditSeal.position, AuditSeal.digest),
        )
        .join(Tenant, Tenant.id == AuditEntry.tenant_id, isouter=True)
        .join(Context, Context.id == AuditEntry.context_id, isouter=True)
        .join(AuditSeal, AuditSeal.entry_id == AuditEntry.id, isouter=True)
    )
    if wanted.tenant_id is not None:
        query = query.where(AuditEntry.tenant_id == wanted.tenant_id)
    if wanted.context_id is not None:
        query = query.where(AuditEntry.context_id == wanted.context_id)
    if wanted.action is not None:
        query = query.where(AuditEntry.action == wanted.action)
    return query if wanted.with_refusals else query.where(IS_DECISION)


def _row(found: Any) -> EntryRow:  # noqa: ANN401 -- a row of `_entries`
    return EntryRow(
        happened_at=found.happened_at,
        action=found.action,
        tenant=found.tenant,
        course=found.course,
        details=found.details,
        position=found.position,
        digest=found.digest,
    )
