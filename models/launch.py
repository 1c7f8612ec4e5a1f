from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Identified
from models.course import Context, Membership
from models.platform import Registration


class Login(Identified, Base):
    """A login we began: its state and nonce are good for one launch."""

    __tablename__ = "login"
    __table_args__ = (
        # Logins that led nowhere are counted at every login: a flood is stopped.
        sa.Index(
            "ix_login_open",
            "registration_id",
            "created_at",
            postgresql_where=sa.text("used_at IS NULL"),
            sqlite_where=sa.text("used_at IS NULL"),
        ),
    )

    state: Mapped[str] = mapped_column(sa.String(64), unique=True)
    nonce: Mapped[str] = mapped_column(sa.String(64), unique=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    target_link_uri: Mapped[str] = mapped_column(sa.String(2048))
    deployment_hint: Mapped[str | None] = mapped_column(sa.String(255))
    storage_target: Mapped[str | None] = mapped_column(sa.String(255))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()


class PendingLaunch(Identified, Base):
    """A verified launch whose browser has yet to prove that it began the login."""

    __tablename__ = "pending_launch"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    login_id: Mapped[int] = mapped_column(sa.ForeignKey("login.id", ondelete="CASCADE"))
    claims: Mapped[dict[str, Any]]
    """Deleted with the row as soon as it was used, or after a minute."""
    expires_at: Mapped[datetime] = mapped_column(index=True)

    login: Mapped[Login] = relationship()


class LaunchSession(Identified, Base):
    """What one launch may do until it ends; its token is known by hash alone."""

    __tablename__ = "launch_session"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("registration.id"), index=True
    )
    deployment_id: Mapped[int] = mapped_column(sa.ForeignKey("deployment.id"))
    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    membership_id: Mapped[int] = mapped_column(
        sa.ForeignKey("membership.id"), index=True
    )
    resource_link_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("resource_link.id")
    )
    role: Mapped[str] = mapped_column(sa.String(16))
    """`learner`, `assistant`, `instructor`, `admin` or `observer`, by this launch."""
    panel: Mapped[str] = mapped_column(sa.String(32), default="overview")
    badge_key: Mapped[str | None] = mapped_column(sa.String(128))
    locale: Mapped[str | None] = mapped_column(sa.String(35))
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True)
    )
    """How the platform takes links, if this launch is to pick some; else nothing."""
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    context: Mapped[Context] = relationship()
    membership: Mapped[Membership] = relationship()


class AuditEntry(Identified, Base):
    """What happened that an operator or a person may ask about; never a secret."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index(None, "tenant_id", "happened_at"),)

    tenant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tenant.id"))
    registration_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("registration.id")
    )
    context_id: Mapped[int | None] = mapped_column(sa.ForeignKey("context.id"))
    happened_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(sa.String(64))
    error_id: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
