from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified

EVERYBODY = 0
"""In place of a member's id: a week that is free for all of a course."""


class CalendarBreak(Identified, Base):
    """Days on which a course rests; the weeks they fill end nobody's streak."""

    __tablename__ = "calendar_break"
    __table_args__ = (sa.CheckConstraint("first_day <= last_day", name="days"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    first_day: Mapped[date]
    last_day: Mapped[date]


class ExcusedPeriod(Identified, Base):
    """Days on which a member need not work. Why is nobody's business, and not kept."""

    __tablename__ = "excused_period"
    __table_args__ = (
        sa.Index(None, "membership_id", "first_day"),
        sa.CheckConstraint("first_day <= last_day", name="days"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_by: Mapped[str] = mapped_column(sa.String(22))
    """Our id of the person."""
    created_at: Mapped[datetime]


class FreeWeek(Base):
    """A week without duty, for all of a course or for one member. Derived."""

    __tablename__ = "free_week"

    context_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for everybody."""
    week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counted from Monday, 5 January 1970."""


class MilestoneReached(Identified, Base):
    """A member came so far. A record: it stays, whatever happens to the points."""

    __tablename__ = "milestone_reached"
    __table_args__ = (
        sa.UniqueConstraint("membership_id", "kind", "value"),
        sa.CheckConstraint("kind IN ('points', 'share', 'level')", name="kind"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    value: Mapped[int]
    """Whole points, per cent of the course's items, or the number of a level."""
    reached_at: Mapped[datetime]


class PersonalBest(Base):
    """What a member never did better, compared with themself alone. Derived."""

    __tablename__ = "personal_best"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('week', 'result', 'run')", name="kind"),
    )

    context_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    value: Mapped[int]
    """Points of a week or the score of a result, in millionths; weeks of a run."""
    maximum: Mapped[int] = mapped_column(default=0)
    """Full marks of a result, in millionths."""
    place: Mapped[str] = mapped_column(sa.String(32), default="")
    """The week (`2026-W47`), or our id of the item."""
