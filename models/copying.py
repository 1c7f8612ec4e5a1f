from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class CopyProposal(Identified, Base):
    """That a course is a copy of another one, by its platform: a teacher decides."""

    __tablename__ = "copy_proposal"
    __table_args__ = (
        sa.UniqueConstraint("context_id"),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'dismissed')", name="state"
        ),
        sa.CheckConstraint("found_by IN ('notice', 'history')", name="found_by"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    """The new course."""
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    """The nearest earlier course of the same registration that we know."""
    found_by: Mapped[str] = mapped_column(sa.String(8))
    state: Mapped[str] = mapped_column(sa.String(16), default="proposed")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(22))
    """Our id of the person who decided."""
