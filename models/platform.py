from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Identified, Public


class Tenant(Identified, Base):
    """An organisation: it owns registrations, and its switch is one of three."""

    __tablename__ = "tenant"

    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    enabled: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    created_at: Mapped[datetime]


class Registration(Public, Base):
    """A platform that may launch us: issuer and client id, which need not be unique.

    Several self-hosted platforms share both; the login URL tells them apart.
    """

    __tablename__ = "registration"
    __table_args__ = (sa.Index(None, "issuer", "client_id"),)

    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    issuer: Mapped[str] = mapped_column(sa.String(512))
    client_id: Mapped[str] = mapped_column(sa.String(255))
    auth_login_url: Mapped[str] = mapped_column(sa.String(1024))
    token_url: Mapped[str] = mapped_column(sa.String(1024))
    jwks_url: Mapped[str] = mapped_column(sa.String(1024))
    audience: Mapped[str | None] = mapped_column(sa.String(1024))
    family: Mapped[str] = mapped_column(sa.String(32), default="")
    """What the platform calls its product: `moodle`, `canvas` or another word."""
    name: Mapped[str] = mapped_column(sa.String(255), default="")
    """What the platform calls itself; empty where it was added by hand."""
    deployments: Mapped[str] = mapped_column(sa.String(8), default="any")
    """`listed` accepts known deployments only, `any` every one of this key."""
    state: Mapped[str] = mapped_column(sa.String(16), default="active")
    """`pending`, `active` or `disabled`."""
    frame_origins: Mapped[list[str]] = mapped_column(default=list)
    """Origins that may frame us and be called, by the operator's word."""
    learned_origins: Mapped[list[str]] = mapped_column(default=list)
    """Origins that verified launches named, or the platform itself as it registered:
    they may frame us, and no more."""
    internal_hosts: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    """Hosts that may lie in a private network; None: all of them, since the operator
    named every address. What a platform said of itself is trusted with none."""
    unproven_hosts: Mapped[list[str]] = mapped_column(default=list)
    """Hosts a platform named that are not its own, until the operator accepts them."""
    client_uri: Mapped[str | None] = mapped_column(sa.String(1024))
    """Where the platform lets us change what it knows of us, if it does."""
    key_set: Mapped[dict[str, Any] | None]
    """The platform's key set as last fetched whole, for when it is down."""
    key_set_fetched_at: Mapped[datetime | None]
    granted_scopes: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What its tokens were good for; None before the first one."""
    last_launch_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    tenant: Mapped[Tenant] = relationship()


class Invitation(Identified, Base):
    """A word of the operator: one platform may register itself, once, until a day."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("registration.id")
    )
    """The registration it may change; None: it makes a new one."""
    internal_hosts: Mapped[list[str]] = mapped_column(default=list)
    """Hosts that may lie in a private network, by the operator's word."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    """When a registration began with it; None again if nothing came of that."""

    tenant: Mapped[Tenant] = relationship()
    registration: Mapped[Registration | None] = relationship()


class Deployment(Identified, Base):
    """One place where a registration is installed."""

    __tablename__ = "deployment"
    __table_args__ = (sa.UniqueConstraint("registration_id", "lti_id"),)

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    lti_id: Mapped[str] = mapped_column(sa.String(255))
    state: Mapped[str] = mapped_column(sa.String(16), default="active")
    """`pending` (seen, not listed), `active` or `disabled`."""
    first_seen_at: Mapped[datetime]


class KeyPair(Identified, Base):
    """One of the tool's own signing keys; the private half is encrypted."""

    __tablename__ = "key_pair"

    kid: Mapped[str] = mapped_column(sa.String(64), unique=True)
    private_key: Mapped[str] = mapped_column(sa.Text)
    """PEM, encrypted with the first of ENCRYPTION_KEYS at the time."""
    public_jwk: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    """When a newer key took over; published for a day longer."""
