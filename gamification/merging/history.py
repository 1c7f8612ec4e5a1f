"""The merges of an organisation, taken back or not: by ids alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gamification.metrics.cursors import cursor_of, place_of
from models import PersonMerge, User

LIST = "merges"
Query = TypeVar("Query", bound=sa.Select[Any])


@dataclass(frozen=True, kw_only=True)
class MergeRow:
    """One merge, and whether it stands."""

    id: str
    kept: str
    """Our id of the user who stays."""
    merged: str
    by: str
    """Our id of a program's key, or `operator`."""
    merged_at: datetime
    reversed_at: datetime | None

    @property
    def state(self) -> str:
        """Say in a word what has become of it."""
        return "merged" if self.reversed_at is None else "taken_back"


@dataclass(frozen=True)
class MergePage:
    rows: list[MergeRow]
    next: str | None


def merges_of(
    session: Session,
    tenant_id: int | None,
    *,
    user: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> MergePage:
    """Return a page of a tenant's merges, or of everybody's, the newest first.

    With a `user`, our id, those of that one alone. One query. Raises BadCursor.
    """
    query = _merges(tenant_id)
    if user is not None:
        theirs = sa.select(User.id).where(User.public_id == user).scalar_subquery()
        query = query.where(
            sa.or_(PersonMerge.kept_id == theirs, PersonMerge.merged_id == theirs)
        )
    if after is not None:
        place = sa.tuple_(PersonMerge.id)
        query = query.where(place < place_of(LIST, after, int))
    newest = query.order_by(PersonMerge.id.desc())
    found = session.execute(newest.limit(limit + 1)).all()
    more, shown = len(found) > limit, found[:limit]
    following = cursor_of(LIST, shown[-1].id) if more else None
    return MergePage([_row(one) for one in shown], following)


def merge_of(session: Session, tenant_id: int, public_id: str) -> MergeRow | None:
    """Return one merge of a tenant; None where it has no such merge."""
    query = _merges(tenant_id).where(PersonMerge.public_id == public_id)
    found = session.execute(query).one_or_none()
    return _row(found) if found else None


def take(session: Session, tenant_id: int | None, public_id: str) -> PersonMerge | None:
    """Return a merge of a tenant, or of any, as it is now; nobody else takes it back.

    None where there is no such merge. It is held until the transaction ends.
    """
    query = _owned(sa.select(PersonMerge), tenant_id)
    return session.scalar(
        query.where(PersonMerge.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _merges(tenant_id: int | None) -> sa.Select[*tuple[Any, ...]]:
    kept, merged = aliased(User), aliased(User)
    columns = (
        *(PersonMerge.id, PersonMerge.public_id, kept.public_id.label("kept")),
        *(merged.public_id.label("merged"), PersonMerge.merged_by),
        *(PersonMerge.merged_at, PersonMerge.reversed_at),
    )
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(*columns)
        .join(kept, kept.id == PersonMerge.kept_id)
        .join(merged, merged.id == PersonMerge.merged_id)
    )
    return _owned(query, tenant_id)


def _owned(query: Query, tenant_id: int | None) -> Query:
    return (
        query if tenant_id is None else query.where(PersonMerge.tenant_id == tenant_id)
    )


def _row(found: Any) -> MergeRow:  # noqa: ANN401 -- a row of `_merges`
    return MergeRow(
        id=found.public_id,
        kept=found.kept,
        merged=found.merged,
        by=found.merged_by,
        merged_at=found.merged_at,
        reversed_at=found.reversed_at,
    )
