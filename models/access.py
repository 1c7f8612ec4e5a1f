from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Public
from models.platform import Tenant


class ApiKey(Public, Base):
    """What lets a program in: one organisation, named permissions, until a day."""

    __tablename__ = "api_key"

    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    """What it is for, in the operator's words."""
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the key, which has 256 bits and is known to its holder alone."""
    permissions: Mapped[list[str]]
    created_by: Mapped[str] = mapped_column(sa.String(22))
    """`operator`, or our id of a person."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    """To the hour."""
    revoked_at: Mapped[datetime | None]
    """From when on it opens nothing; a key that was replaced has some hours."""

    tenant: Mapped[Tenant] = relationship()
