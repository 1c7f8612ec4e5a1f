from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class Experiment(Identified, Base):
    """A question to a course: which of a few forms serves its people better."""

    __tablename__ = "experiment"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "key"),
        sa.CheckConstraint(
            "kind IN ('board_form', 'badge_set', 'messages')", name="kind"
        ),
        sa.CheckConstraint("state IN ('off', 'on', 'ended')", name="state"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    key: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(8), default="off")
    salt: Mapped[str] = mapped_column(sa.String(32))
    """Chance, once: the same people are divided in another way by each experiment."""
    created_at: Mapped[datetime]


class Variant(Identified, Base):
    """One of the forms that an experiment compares."""

    __tablename__ = "variant"
    __table_args__ = (
        sa.UniqueConstraint("experiment_id", "key"),
        sa.CheckConstraint("weight >= 0", name="weight"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    experiment_id: Mapped[int] = mapped_column(sa.ForeignKey("experiment.id"))
    key: Mapped[str] = mapped_column(sa.String(64))
    weight: Mapped[int] = mapped_column(default=1)
    """Its share among the newcomers; 0 for one that takes no more of them."""


class VariantAssignment(Base):
    """Which form a member sees, from their first look on."""

    __tablename__ = "variant_assignment"

    experiment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("experiment.id"), primary_key=True, autoincrement=False
    )
    membership_id: Mapped[int] = mapped_column(
        sa.ForeignKey("membership.id"), primary_key=True, autoincrement=False
    )
    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    variant: Mapped[str] = mapped_column(sa.String(64))
    assigned_at: Mapped[datetime]


class Exposure(Base):
    """On this day a member saw what an experiment compares."""

    __tablename__ = "exposure"

    experiment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("experiment.id"), primary_key=True, autoincrement=False
    )
    membership_id: Mapped[int] = mapped_column(
        sa.ForeignKey("membership.id"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    """In the course's zone."""
    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    variant: Mapped[str] = mapped_column(sa.String(64))
