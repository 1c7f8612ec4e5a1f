from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified

CURRENT = sa.text("superseded_at IS NULL")
WAITING = sa.text("is_waiting")
LAUNCHED = sa.text("kind = 'launched'")
SPENT = sa.text("kind = 'spent'")


class Contribution(Identified, Base):
    """A fact: something a learner did, as one source saw it. Append-only.

    A correction is a new row; `superseded_at` is the only column ever updated, but
    for the membership where two users become one (decision 18), and for `seen_at`
    where its source says the same again of a later moment (decision 22).
    """

    __tablename__ = "contribution"
    __table_args__ = (
        sa.Index(
            "uq_contribution_current",
            "membership_id",
            "fact_key",
            unique=True,
            postgresql_where=CURRENT,
            sqlite_where=CURRENT,
        ),
        # Thousands are recorded at one moment: the number tells them apart.
        sa.Index(None, "context_id", "recorded_at", "id"),
        # All of somebody's, with what was corrected: their own document, and merges.
        sa.Index(None, "membership_id", "recorded_at"),
        # Somebody's last visit is asked for at every look at their badges.
        sa.Index(
            "ix_contribution_launched",
            "membership_id",
            "occurred_at",
            postgresql_where=LAUNCHED,
            sqlite_where=LAUNCHED,
        ),
        sa.CheckConstraint(
            "kind IN ('launched', 'spent', 'submitted', 'posted', 'completed', "
            "'graded')",
            name="kind",
        ),
        sa.CheckConstraint(
            "status IN ('normal', 'excused', 'late', 'missing', 'withdrawn')",
            name="status",
        ),
        sa.CheckConstraint("score >= 0", name="score"),
        sa.CheckConstraint("maximum >= 0", name="maximum"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id"))
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    status: Mapped[str] = mapped_column(sa.String(16), default="normal")
    score: Mapped[int | None]
    """In millionths of a point, like `maximum`."""
    maximum: Mapped[int | None]
    seconds: Mapped[int | None]
    occurred_at: Mapped[datetime]
    """When the learner acted; it never moves."""
    recorded_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When its source saw it so last: an older sighting never supersedes a newer one.

    What is reported to the API was seen at the moment that it says.
    """
    source: Mapped[str] = mapped_column(sa.String(32))
    fact_key: Mapped[str] = mapped_column(sa.String(255))
    """Kind, item and attempt: the same fact from two sources is one fact."""
    revision: Mapped[int] = mapped_column(default=1)
    superseded_at: Mapped[datetime | None]


class Scoring(Identified, Base):
    """What a kind of fact is worth in a course from a moment on."""

    __tablename__ = "scoring"
    __table_args__ = (sa.UniqueConstraint("context_id", "version", "kind", "item_id"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(16))
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"))
    weight: Mapped[int]
    """In millionths of a point; for `graded` the points of full marks."""
    daily_cap: Mapped[int | None]
    """The most points one learner gets from this a day, in millionths."""
    effective_from: Mapped[datetime]


class Earned(Base):
    """A current fact, scored and dated for its course. Derived: can be rebuilt.

    All metrics read this table alone.
    """

    __tablename__ = "earned"
    __table_args__ = (
        sa.Index(None, "membership_id", "kind", "item_id"),
        # Holds all that the metrics of a whole course need.
        sa.Index(
            "ix_earned_metrics",
            *("context_id", "membership_id", "kind", "item_id", "day", "points"),
            "seconds",
        ),
        # Whether any time is reported is asked of each page, and mostly none is.
        sa.Index(
            "ix_earned_spent",
            *("context_id", "kind"),
            postgresql_where=SPENT,
            sqlite_where=SPENT,
        ),
    )

    contribution_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contribution.id"), primary_key=True, autoincrement=False
    )
    context_id: Mapped[int]
    membership_id: Mapped[int]
    item_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(16))
    status: Mapped[str] = mapped_column(sa.String(16))
    points: Mapped[int]
    """In millionths."""
    score: Mapped[int | None]
    maximum: Mapped[int | None]
    seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """The time that was spent; of any other kind of fact none."""
    day: Mapped[date]
    """The calendar day of the learner's act, in the course's zone."""
    occurred_at: Mapped[datetime]


class Standing(Base):
    """A learner's totals in one period of a course.

    Derived, until the period is frozen: from then on a record, but for its audience.
    """

    __tablename__ = "standing"
    __table_args__ = (
        # The board of a period, best first; equal points are told apart by the key.
        sa.Index(None, "context_id", "period", "audience", "points", "membership_id"),
        sa.CheckConstraint(
            "audience IN ('none', 'all', 'participants')", name="audience"
        ),
    )

    context_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    """`all`, a week (`2026-W47`), a month (`2026-11`) or the `term`."""
    points: Mapped[int] = mapped_column(default=0)
    """In millionths."""
    events: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    audience: Mapped[str] = mapped_column(sa.String(16), default="none")
    """The histograms that count this row: `participants` are counted in `all`, too."""
    updated_at: Mapped[datetime]


class ShownStanding(Base):
    """Somebody's row of a board as the others read it: a batch behind.

    There for the participants of open periods, where the course has such a board.
    """

    __tablename__ = "shown_standing"
    __table_args__ = (
        # The board of a period, best first, as for `standing`.
        sa.Index(None, "context_id", "period", "points", "membership_id"),
        sa.Index(
            "ix_shown_standing_waiting",
            "context_id",
            "period",
            postgresql_where=WAITING,
            sqlite_where=WAITING,
        ),
    )

    context_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    points: Mapped[int | None]
    """In millionths; empty for who was not shown to anybody yet."""
    completed: Mapped[int] = mapped_column(default=0)
    badges: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime | None]
    is_waiting: Mapped[bool] = mapped_column(default=True)
    """What is shown may be old."""


class Histogram(Base):
    """How many people of an audience have so many points. Derived."""

    __tablename__ = "histogram"

    context_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    audience: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    """`all` learners who are ranked, `participants` of the board, or those of them as
    they are `shown` to each other on a board."""
    points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In whole points, as people read them: who reads the same shares a rank."""
    people: Mapped[int]
