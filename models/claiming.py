from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified, Public


class ClaimCode(Public, Base):
    """A word that gives a badge to whoever says it; known by its hash alone."""

    __tablename__ = "claim_code"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "code_hash"),
        sa.CheckConstraint("used <= uses", name="used"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id"))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    uses: Mapped[int]
    """How many awards it may give in all."""
    used: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str] = mapped_column(sa.String(22))
    """Our id of the person."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ClaimAttempt(Identified, Base):
    """Somebody said a word that gives nothing: they may not go on guessing."""

    __tablename__ = "claim_attempt"
    __table_args__ = (sa.Index(None, "membership_id", "tried_at"),)

    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    tried_at: Mapped[datetime] = mapped_column(index=True)
