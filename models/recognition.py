from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import NEVER_AGAIN, Base, Identified, Public

OPEN = sa.text("ended_at IS NULL")
ACTIVE = sa.text("retired_at IS NULL")


class Badge(Identified, Base):
    """Something that can be earned in a course, whatever its rule is today."""

    __tablename__ = "badge"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "key"),
        sa.CheckConstraint("state IN ('draft', 'active', 'retired')", name="state"),
        sa.CheckConstraint("policy IN ('keep', 'revoke')", name="policy"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    key: Mapped[str] = mapped_column(sa.String(128))
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(8), default="active")
    policy: Mapped[str] = mapped_column(sa.String(8), default="keep")
    """What happens to awards whose rule is no longer met."""
    origin: Mapped[str] = mapped_column(sa.String(8), default="shipped")
    """The catalog layer it comes from: `shipped`, `tenant` or `course`."""
    held_at: Mapped[datetime | None]
    """Since when nobody gains or loses it; who looks still sees how far they are."""
    source: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """Another program's document, to the letter, once its text is bound to a rule."""


class BadgeVersion(Identified, Base):
    """A badge as it was worded and ruled for a time; awards pin theirs."""

    __tablename__ = "badge_version"
    __table_args__ = (
        sa.UniqueConstraint("badge_id", "number"),
        sa.UniqueConstraint("id", "badge_id"),
        sa.Index(
            "uq_badge_version_active",
            "badge_id",
            unique=True,
            postgresql_where=ACTIVE,
            sqlite_where=ACTIVE,
        ),
    )

    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(255))
    icon: Mapped[str] = mapped_column(sa.String(32))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    criterion: Mapped[dict[str, Any]]
    effective_from: Mapped[datetime | None]
    """Facts before it do not count; empty means all of them do."""
    valid_days: Mapped[int | None]
    """So many days after it was granted an award is over; empty means never."""
    quiet: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Until the whole course was looked at by it, nobody is told what it gives."""
    ends_unmet: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """That look ends awards of earlier versions which this one does not justify."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    badge: Mapped[Badge] = relationship()


class Award(Public, Base):
    """A member earned a badge: once open at a time, which the database keeps."""

    __tablename__ = "award"
    __table_args__ = (
        # Two keys, not four: they hold that the member is of the course and the
        # version of the badge, and a large course's awards take half the time.
        sa.ForeignKeyConstraint(
            ["membership_id", "context_id"],
            ["membership.id", "membership.context_id"],
        ),
        sa.ForeignKeyConstraint(
            ["badge_version_id", "badge_id"],
            ["badge_version.id", "badge_version.badge_id"],
        ),
        sa.UniqueConstraint("membership_id", "badge_id", "sequence"),
        sa.Index(
            "uq_award_open",
            "membership_id",
            "badge_id",
            unique=True,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
        # Thousands are granted at one moment: the number tells them apart.
        sa.Index(None, "context_id", "granted_at", "id"),
        # Few awards are over or will expire: these find them without the others.
        sa.Index(
            "ix_award_over",
            "context_id",
            "ended_at",
            postgresql_where=sa.text("ended_at IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_award_expiring",
            "context_id",
            "expires_at",
            postgresql_where=sa.text("ended_at IS NULL AND expires_at IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND expires_at IS NOT NULL"),
        ),
        NEVER_AGAIN,
    )

    context_id: Mapped[int]
    membership_id: Mapped[int]
    badge_id: Mapped[int] = mapped_column(index=True)
    badge_version_id: Mapped[int]
    sequence: Mapped[int] = mapped_column(default=1)
    origin: Mapped[str] = mapped_column(
        sa.String(8), default="rule", server_default="rule"
    )
    """`rule`, or by people: `hand`, `import` or `code`. No rule takes theirs back."""
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The metric, the value that met it and the threshold at that moment; or who
    gave it, in which role, and why."""
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(sa.String(255))
    """`expired`, or the reason a person gave for revoking it."""
    bars_regrant: Mapped[bool] = mapped_column(default=False)
    """A revoked award keeps its rule from granting it again until lifted."""
    ended_by: Mapped[str | None] = mapped_column(sa.String(22))
    """Who revoked it: our id of a person, or `operator`."""
    warned_at: Mapped[datetime | None]
    """When its owner was told that it will expire; None again once it is renewed."""
    end_told_at: Mapped[datetime | None]
    """When its owner was told that it expired."""
