from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class KeptAnswer(Identified, Base):
    """What a write was answered, for whoever sends it again with the same key."""

    __tablename__ = "kept_answer"
    __table_args__ = (sa.UniqueConstraint("membership_id", "key"),)

    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    key: Mapped[str] = mapped_column(sa.String(255))
    """The caller's `Idempotency-Key`."""
    asked: Mapped[str] = mapped_column(sa.String(64))
    """A fingerprint of what was asked for."""
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    tag: Mapped[str] = mapped_column(sa.String(64), default="")
    """The answer's ETag, if it has one."""
    created_at: Mapped[datetime] = mapped_column(index=True)
