from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified, Public

CURRENT = sa.text("valid_to IS NULL")
KINDS = ("department", "section", "group", "team")
"""From the widest to the narrowest: that is the order in which boards open."""


class Group(Public, Base):
    """A part of a course's people, as its platform or its instructors tell it."""

    __tablename__ = "group"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "kind", "external_id"),
        sa.UniqueConstraint("id", "context_id"),
        sa.CheckConstraint(
            "kind IN ('department', 'section', 'group', 'team')", name="kind"
        ),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    external_id: Mapped[str] = mapped_column(sa.String(255))
    """Its id where it comes from; in a table of ours, the word it is known by."""
    name: Mapped[str] = mapped_column(sa.String(255), default="")
    gone_at: Mapped[datetime | None]
    """When a complete list did not name it any more."""


class GroupMember(Identified, Base):
    """Somebody was in a group from one moment to another: rows end and stay."""

    __tablename__ = "group_member"
    __table_args__ = (
        # A board of a group is counted over this.
        sa.Index(
            "uq_group_member_current",
            "group_id",
            "membership_id",
            unique=True,
            postgresql_where=CURRENT,
            sqlite_where=CURRENT,
        ),
        sa.Index(None, "membership_id"),
        sa.ForeignKeyConstraint(
            ["group_id", "context_id"], ["group.id", "group.context_id"]
        ),
        sa.ForeignKeyConstraint(
            ["membership_id", "context_id"],
            ["membership.id", "membership.context_id"],
        ),
    )

    context_id: Mapped[int]
    group_id: Mapped[int]
    membership_id: Mapped[int]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    """Empty while they are in it."""
