from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class AuditSeal(Identified, Base):
    """A decision's place in the audit's chain. Append-only; its entry stays as it is."""

    __tablename__ = "audit_seal"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_entry.id"), unique=True)
    position: Mapped[int] = mapped_column(unique=True)
    """From 1, without a gap."""
    previous: Mapped[str] = mapped_column(sa.String(64))
    """The digest of the position before."""
    salt: Mapped[str | None] = mapped_column(sa.String(32))
    """Erased together with the entry's details; until then they can be compared."""
    details_digest: Mapped[str] = mapped_column(sa.String(64))
    entry_digest: Mapped[str] = mapped_column(sa.String(64))
    digest: Mapped[str] = mapped_column(sa.String(64))
    sealed_at: Mapped[datetime]
