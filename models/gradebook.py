from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class ScoreItem(Identified, Base):
    """A line item of ours in a platform's gradebook to which we send scores."""

    __tablename__ = "score_item"
    __table_args__ = (sa.UniqueConstraint("context_id", "url"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    url: Mapped[str] = mapped_column(sa.String(1024))
    """As the platform gave it, never made by us."""
    label: Mapped[str] = mapped_column(sa.String(255))
    gone_at: Mapped[datetime | None]
    """Since when the platform says that it is not there, or not ours."""


class PublishedScore(Identified, Base):
    """The last score of a member that we sent to a line item."""

    __tablename__ = "published_score"
    __table_args__ = (
        sa.UniqueConstraint("score_item_id", "membership_id"),
        sa.CheckConstraint("state IN ('accepted', 'late', 'refused')", name="state"),
        sa.CheckConstraint("given >= 0", name="given"),
        sa.CheckConstraint("maximum > 0", name="maximum"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    score_item_id: Mapped[int] = mapped_column(sa.ForeignKey("score_item.id"))
    membership_id: Mapped[int] = mapped_column(
        sa.ForeignKey("membership.id"), index=True
    )
    given: Mapped[int]
    """In millionths of a point, like `maximum`."""
    maximum: Mapped[int]
    scored_at: Mapped[datetime]
    """The timestamp that was sent; the next one is later."""
    state: Mapped[str] = mapped_column(sa.String(8))
    """`accepted`; `late` (the platform keeps a later one: sent again when it changes)
    or `refused` (sent again when it changes, or after a day)."""
