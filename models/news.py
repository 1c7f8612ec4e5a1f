from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_AGAIN, Base, Identified

KINDS = (
    "award",
    "milestone",
    "expiring",
    "expired",
    "revoked",
    "lifted",
    "renewed",
    "level",
    "personal_best",
)
"""What members are told of."""
IS_KNOWN = f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"


class Notification(Identified, Base):
    """Something changed for a member: one row a change, whoever writes it twice."""

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("membership_id", "key"),
        sa.Index(None, "membership_id", "bundle"),
        sa.CheckConstraint(IS_KNOWN, name="kind"),
        NEVER_AGAIN,
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    key: Mapped[str] = mapped_column(sa.String(64))
    """Names the change, so that it is told once: `award:17`."""
    bundle: Mapped[str] = mapped_column(sa.String(64))
    """The key of the first of those that came together and are one piece of news."""
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Ids alone: what is said of them is said anew to each who reads."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]


class NotificationPreference(Base):
    """A kind of news that a member does not want to be told."""

    __tablename__ = "notification_preference"
    __table_args__ = (sa.CheckConstraint(IS_KNOWN, name="kind"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    membership_id: Mapped[int] = mapped_column(
        sa.ForeignKey("membership.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    created_at: Mapped[datetime]
