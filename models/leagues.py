from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class LeagueDraw(Base):
    """A course's people were dealt into leagues for a week. A record."""

    __tablename__ = "league_draw"

    context_id: Mapped[int] = mapped_column(
        sa.ForeignKey("context.id"), primary_key=True
    )
    week: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    """`2026-W47`, in the course's zone at the time."""
    has_leagues: Mapped[bool]
    """False in a week before which too few people had points."""
    borders: Mapped[list[list[int]]] = mapped_column(sa.JSON)
    """Where each league but the first begins: points, in millionths, and a member."""
    drawn_at: Mapped[datetime]


class LeaguePlace(Base):
    """Somebody's league in a week, and what put them there."""

    __tablename__ = "league_place"
    __table_args__ = (
        # A league's board is counted over this.
        sa.Index(None, "context_id", "week", "league", "membership_id"),
        sa.Index(None, "membership_id"),
    )

    context_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    membership_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    points: Mapped[int]
    """Of the weeks before, in millionths, as they were when they got a place first."""
    league: Mapped[int | None]
    """1 for the most points; empty while they are not on the board, or want none.
    Derived from the draw and the points of all who have one."""
