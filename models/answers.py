from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class KeptAnswer(Identified, Base):
    """What a write was answered, for whoever sends it again with the same key."""

    __tablename__ = "kept_answer"
    __table_args__ = (
        sa.UniqueConstraint("membership_id", "key"),
        sa.UniqueConstraint("api_key_id", "key"),
        sa.CheckConstraint(
            "(membership_id IS NULL) <> (api_key_id IS NULL)", name="caller"
        ),
    )

    membership_id: Mapped[int | None] = mapped_column(sa.ForeignKey("membership.id"))
    """Who wrote: a person in a course, or a program."""
    api_key_id: Mapped[int | None] = mapped_column(sa.ForeignKey("api_key.id"))
    key: Mapped[str] = mapped_column(sa.String(255))
    """The caller's `Idempotency-Key`."""
    asked: Mapped[str] = mapped_column(sa.String(64))
    """A fingerprint of what was asked for."""
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    tag: Mapped[str] = mapped_column(sa.String(64), default="")
    """The answer's ETag, if it has one."""
    created_at: Mapped[datetime] = mapped_column(index=True)
