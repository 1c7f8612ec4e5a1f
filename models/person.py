from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified, Public


class PersonMerge(Public, Base):
    """Two users of a tenant turned out to be one person; it can be taken back."""

    __tablename__ = "person_merge"

    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    merged_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    merged_by: Mapped[str] = mapped_column(sa.String(22))
    """Our id of a program's key, or `operator`."""
    merged_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]


class MergeStep(Identified, Base):
    """What a merge changed in a row, so that its reversal gives exactly that back."""

    __tablename__ = "merge_step"

    merge_id: Mapped[int] = mapped_column(sa.ForeignKey("person_merge.id"), index=True)
    context_id: Mapped[int | None] = mapped_column(sa.ForeignKey("context.id"))
    """None for what belongs to no course: the ids of platforms."""
    table: Mapped[str] = mapped_column(sa.String(64))
    row_id: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class ConsentEntry(Identified, Base):
    """A word of a member on what others may see of them. Append-only."""

    __tablename__ = "consent_entry"
    __table_args__ = (
        sa.Index(None, "membership_id", "decided_at"),
        sa.CheckConstraint("subject IN ('board', 'name')", name="subject"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    subject: Mapped[str] = mapped_column(sa.String(8))
    given: Mapped[bool]
    decided_at: Mapped[datetime]


class FormerAlias(Identified, Base):
    """A made-up name that somebody gave back: nobody gets it for a while."""

    __tablename__ = "former_alias"
    __table_args__ = (sa.Index(None, "context_id", "alias"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    membership_id: Mapped[int] = mapped_column(
        sa.ForeignKey("membership.id"), index=True
    )
    alias: Mapped[str] = mapped_column(sa.String(64))
    given_back_at: Mapped[datetime] = mapped_column(index=True)
