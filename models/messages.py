from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified
from models.news import IS_KNOWN

IN_FORCE = sa.text("retired_at IS NULL")


class MessageTemplate(Identified, Base):
    """What a course says to its learners at an occasion, for a time."""

    __tablename__ = "message_template"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "kind", "version"),
        sa.Index(
            "uq_message_template_active",
            "context_id",
            "kind",
            unique=True,
            postgresql_where=IN_FORCE,
            sqlite_where=IN_FORCE,
        ),
        sa.CheckConstraint(IS_KNOWN, name="kind"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(300))
    """Plain text, with places for values: `You have earned {badge}.`"""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
