"""What facts are worth: what is shipped, and what a course decided over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import POINT
from models import Item, Scoring

ALWAYS = datetime(1980, 1, 1, tzinfo=UTC)
"""A weight that is in force from here on is so for every fact there is."""


@dataclass(frozen=True)
class Weight:
    """What one kind of fact is worth; for `graded` that of full marks."""

    kind: str
    points: int
    """In millionths, like the cap."""
    daily_cap: int | None = None
    item_id: int | None = None
    version: int = 0
    effective_from: datetime | None = None

    def is_for(self, item_id: int | None, moment: datetime) -> bool:
        """Say whether it covers an act on an item, or on none, at a moment."""
        began = self.effective_from is None or self.effective_from <= moment
        return began and self.item_id in {None, item_id}


SHIPPED = (
    Weight("submitted", 2 * POINT),
    Weight("posted", 1 * POINT, daily_cap=5 * POINT),
    Weight("completed", 3 * POINT),
    Weight("graded", 5 * POINT),
)
PAID = tuple(weight.kind for weight in SHIPPED)
UNCOUNTED = ("launched",)
"""Opening the tool is no contribution: worth nothing, counted in no metric."""
TIME = Weight("spent", 0)
"""Time counts in `time_spent` alone: no course can let it be worth points."""


@dataclass(frozen=True)
class Worth:
    """A weight as people read and write it."""

    kind: str
    points: int
    """In millionths, like the cap; for `graded` those of full marks."""
    daily_cap: int | None = None
    """The most points one learner gets from this a day; None: there is no most."""
    item: str | None = None
    """The key of the item it is for; None: for all that have none of their own."""
    effective_from: datetime | None = None
    """None: it is in force for every fact there is."""


def weights_of(session: Session, context_id: int) -> tuple[Weight, ...]:
    """Return what facts are worth in a course; those that win come last."""
    rows = session.scalars(sa.select(Scoring).where(Scoring.context_id == context_id))
    own = [
        Weight(
            row.kind,
            row.weight,
            row.daily_cap,
            row.item_id,
            row.version,
            row.effective_from,
        )
        for row in rows
    ]
    own.sort(key=lambda weight: (weight.item_id is not None, weight.version))
    return (*SHIPPED, *own)


def newest(session: Session, context_id: int) -> tuple[int, list[Worth]]:
    """Return the version of a course's weights, and the newest of each kind and item.

    The shipped ones stand for kinds that the course has not decided about; its
    version is 0 until it decides about any.
    """
    rows = session.execute(
        sa.select(Scoring, Item.key)
        .outerjoin(Item, Item.id == Scoring.item_id)
        .where(Scoring.context_id == context_id)
        .order_by(Scoring.version, Scoring.id)
    ).all()
    found = {(worth.kind, worth.item): worth for worth in map(shipped, PAID)}
    for row, key in rows:
        since = None if row.effective_from <= ALWAYS else row.effective_from
        found[row.kind, key] = Worth(row.kind, row.weight, row.daily_cap, key, since)
    version = max((row.version for row, _ in rows), default=0)
    return version, sorted(found.values(), key=_place)


def shipped(kind: str) -> Worth:
    """Return what a kind is worth where nobody decided about it."""
    weight = next(weight for weight in SHIPPED if weight.kind == kind)
    return Worth(kind, weight.points, weight.daily_cap)


def in_force(worths: Iterable[Worth], kind: str) -> Worth:
    """Return the weight of a kind among some, for items without one of their own."""
    return next((w for w in worths if w.kind == kind and not w.item), shipped(kind))


def _place(worth: Worth) -> tuple[int, str]:
    return PAID.index(worth.kind), worth.item or ""
