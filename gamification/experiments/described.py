"""Experiments as their course's staff read them: how people are divided, in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Experiment, Variant, VariantAssignment


@dataclass(frozen=True)
class Described:
    """An experiment of a course, whole."""

    key: str
    kind: str
    state: str
    created_at: datetime
    variants: dict[str, int]
    """Their weights, in their order."""
    people: dict[str, int]
    """How many learners have seen each, those who left the course since included."""


def experiments_of(
    session: Session, context_id: int, key: str | None = None
) -> list[Described]:
    """Return a course's experiments by their keys, or the one of a key: one query."""
    wanted = [Experiment.context_id == context_id]
    if key is not None:
        wanted.append(Experiment.key == key)
    people = _counted(wanted).subquery()
    query = (
        sa.select(
            Experiment.key,
            Experiment.kind,
            Experiment.state,
            Experiment.created_at,
            Variant.key.label("variant"),
            Variant.weight,
            sa.func.coalesce(people.c.people, 0).label("people"),
        )
        .join(Variant, Variant.experiment_id == Experiment.id)
        .outerjoin(people, _is_of_variant(people))
        .where(*wanted)
        .order_by(Experiment.key, Variant.id)
    )
    rows = session.execute(query)
    return [_described(list(some)) for _, some in groupby(rows, attrgetter("key"))]


def _counted(
    wanted: Sequence[sa.ColumnElement[bool]],
) -> sa.Select[int, str, int]:
    """Ask how many people have each variant: it is assigned when it is first seen."""
    one = VariantAssignment
    return (
        sa.select(one.experiment_id, one.variant, sa.func.count().label("people"))
        .where(one.experiment_id.in_(sa.select(Experiment.id).where(*wanted)))
        .group_by(one.experiment_id, one.variant)
    )


def _is_of_variant(counts: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(
        counts.c.experiment_id == Variant.experiment_id,
        counts.c.variant == Variant.key,
    )


def _described(rows: Iterable[Any]) -> Described:
    """Return the experiment of these rows, which have a variant each."""
    first, *_ = rows = list(rows)
    return Described(
        key=first.key,
        kind=first.kind,
        state=first.state,
        created_at=first.created_at,
        variants={row.variant: row.weight for row in rows},
        people={row.variant: row.people for row in rows},
    )
