from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_AGAIN, Base, Public

TOLD = ("award_granted", "award_ended", "award_renewed", "award_lifted")
"""What other programs are told of."""
WAITING = sa.text("state = 'waiting'")


class OutboundWebhook(Public, Base):
    """An address of another program that is told of an organisation's awards."""

    __tablename__ = "outbound_webhook"

    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    url: Mapped[str] = mapped_column(sa.String(1024))
    secret: Mapped[str] = mapped_column(sa.Text)
    """What signs, encrypted with the first of ENCRYPTION_KEYS at the time."""
    kinds: Mapped[list[str]]
    """What it is told of: some of `TOLD`."""
    internal_hosts: Mapped[list[str]] = mapped_column(default=list)
    """Hosts that may lie in a private network, by the operator's word."""
    created_by: Mapped[str] = mapped_column(sa.String(22))
    """`operator`, or our id of a program's key."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    """Since when it is told of nothing; None while it is enabled."""
    disabled_why: Mapped[str | None] = mapped_column(sa.String(255))

    @property
    def state(self) -> str:
        """Say in a word whether it is told anything."""
        return "enabled" if self.disabled_at is None else "disabled"


class Delivery(Public, Base):
    """One change that a webhook is told of, and what came of telling it."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "key"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
        sa.Index(None, "webhook_id", "id"),
        # Few of them wait: this finds those without the others.
        sa.Index(
            "ix_delivery_due",
            "webhook_id",
            "next_attempt_at",
            postgresql_where=WAITING,
            sqlite_where=WAITING,
        ),
        NEVER_AGAIN,
    )

    webhook_id: Mapped[int] = mapped_column(
        sa.ForeignKey("outbound_webhook.id", ondelete="CASCADE")
    )
    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    key: Mapped[str] = mapped_column(sa.String(64))
    """Names the change, so that it is told once: `award_granted:17`."""
    kind: Mapped[str] = mapped_column(sa.String(16))
    occurred_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    """Ids alone, as they were at that moment."""
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    """`waiting`, `done` or `dead`: given up."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    """When it is due; while somebody sends it, when they are believed dead."""
    status: Mapped[int | None]
    """What the last attempt was answered, if it was."""
    reason: Mapped[str | None] = mapped_column(sa.String(255))
    """Why the last attempt was none, in a sentence of ours."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
