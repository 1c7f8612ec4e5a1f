"""The questions of a board's page, as SQL; those of each shape are put together once.

They take what `View.asked` tells: the course, the period, the viewer and the limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from gamification.metrics import ALL, POINT
from gamification.standings.audience import PARTICIPANTS, SHOWN
from gamification.standings.batches import badges_held
from gamification.standings.filters import in_group, in_league
from models import Award, Histogram, Membership, ShownStanding, Standing, User

Table = type[Standing | ShownStanding]
COURSE = sa.bindparam("course", type_=Standing.context_id.type)
PERIOD = sa.bindparam("period", type_=Standing.period.type)
GROUP = sa.bindparam("group", type_=sa.String)
LEAGUE = sa.bindparam("league", type_=sa.Integer)
MINIMUM = sa.bindparam("minimum", type_=sa.BigInteger)
VIEWER = sa.bindparam("viewer", type_=Standing.membership_id.type)
POINTS = sa.bindparam("points", type_=Standing.points.type)
TOP = sa.bindparam("top", type_=sa.Integer)
NEAR = sa.bindparam("near", type_=sa.Integer)
MOMENT = sa.bindparam("moment", type_=Award.granted_at.type)


@dataclass(frozen=True)
class Shape:
    """What makes the questions of one board others than those of another."""

    is_batched: bool
    """The others are as they were at the last batch."""
    is_kept_apart: bool
    """The viewer reads their own row as it is, and the others' by batches."""
    by_staff: bool
    has_group: bool
    has_league: bool
    is_listed: bool
    """The viewer is on it."""

    @property
    def table(self) -> Table:
        """The table that holds the others' rows."""
        return ShownStanding if self.is_batched else Standing

    def listed(
        self, table: Table, *, whole: bool = False
    ) -> list[sa.ColumnElement[bool]]:
        """Return what a row must meet to be on it, or on the `whole` course's."""
        conditions = [
            table.context_id == COURSE,
            table.period == PERIOD,
            # Who was not shown yet has no points there.
            table.points >= MINIMUM * POINT,
        ]
        if table is Standing:
            conditions.append(Standing.audience == PARTICIPANTS)
        if not whole:
            conditions += [table.membership_id.in_(part) for part in self._parts()]
        return conditions

    def _parts(self) -> Iterator[sa.Select[int]]:
        if self.has_group:
            yield in_group(COURSE, GROUP)
        if self.has_league:
            yield in_league(COURSE, PERIOD, LEAGUE)

    def counted(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Return what a bar of the histogram must meet to count for the course's."""
        return (
            Histogram.context_id == COURSE,
            Histogram.period == PERIOD,
            Histogram.audience == (SHOWN if self.is_batched else PARTICIPANTS),
            Histogram.points >= MINIMUM,
        )


@lru_cache
def people_listed(shape: Shape) -> sa.Select[int]:
    """Select who is on the whole course's board."""
    table = shape.table
    return sa.select(table.membership_id).where(*shape.listed(table, whole=True))


@lru_cache
def counts(shape: Shape) -> sa.Select[*tuple[Any, ...]]:
    """Select an `Overview`: the viewer's points, as others read them, and the people."""
    table = shape.table
    mine, shown = (
        sa.select(one.points).where(*shape.listed(one), one.membership_id == VIEWER)
        for one in (Standing, table)
    )
    everybody = _sum_of_people(*shape.counted())
    people = everybody
    # Learners' groups are counted where it is decided whether they open.
    if shape.has_league or (shape.has_group and shape.by_staff):
        people = sa.select(sa.func.count()).where(*shape.listed(table))
    parts = (mine, shown, everybody, people)
    return sa.select(*(part.scalar_subquery() for part in parts))


@lru_cache
def rows(shape: Shape) -> sa.Select[*tuple[Any, ...]]:
    """Select a board's rows with their people, best first, and who is ahead of each."""
    found = _picked(shape)
    place = (found.c.points, found.c.membership_id)
    return (
        sa.select(
            Membership,
            User,
            *(found.c.points, found.c.completed, found.c.updated_at, found.c.badges),
            _ahead(shape, found.c.points),
        )
        .select_from(found)
        .join(Membership, Membership.id == found.c.membership_id)
        .join(User, User.id == Membership.user_id)
        .order_by(*(column.desc() for column in place))
    )


def _ahead(shape: Shape, points: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Count those with more whole points: by the histogram, a part's by the index."""
    if not (shape.has_group or shape.has_league):
        return _sum_of_people(
            *shape.counted(), Histogram.points > points // POINT
        ).scalar_subquery()
    table = shape.table
    more = table.points >= (points // POINT + 1) * POINT
    query = sa.select(sa.func.count()).select_from(table)
    return query.where(*shape.listed(table), more).scalar_subquery()


def _picked(shape: Shape) -> sa.Subquery:
    """Select the rows that are shown: the top, the viewer and those around them."""
    table = shape.table
    place = sa.tuple_(table.points, table.membership_id)
    best_first = (table.points.desc(), table.membership_id.desc())
    next_first = (table.points, table.membership_id)
    others = _columns(table, _others_badges(shape)).where(*shape.listed(table))
    if shape.is_kept_apart:
        others = others.where(table.membership_id != VIEWER)
    parts = [others.order_by(*best_first).limit(TOP)]
    if shape.is_listed:
        me = sa.tuple_(POINTS, VIEWER)
        parts += [
            _columns(Standing, badges_held(MOMENT)).where(
                *shape.listed(Standing), Standing.membership_id == VIEWER
            ),
            others.where(place > me).order_by(*next_first).limit(NEAR),
            others.where(place < me).order_by(*best_first).limit(NEAR),
        ]
    # SQLite orders and limits the parts of a union only inside of them.
    return sa.union(*(sa.select(part.subquery()) for part in parts)).subquery()


def _columns(
    table: Table, badges: sa.ColumnElement[int]
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        *(table.membership_id, table.points, table.completed, table.updated_at),
        badges.label("badges"),
    )


def _others_badges(shape: Shape) -> sa.ColumnElement[int]:
    """Return how many badges others read: those of today, or of the last batch.

    A closed period stays as it was, but for badges: they come with the batches, too.
    """
    if shape.is_batched:
        return sa.cast(ShownStanding.badges, sa.BigInteger)
    if not shape.is_kept_apart:
        return badges_held(MOMENT)
    shown = sa.select(ShownStanding.badges).where(
        ShownStanding.context_id == Standing.context_id,
        ShownStanding.period == ALL,
        ShownStanding.membership_id == Standing.membership_id,
    )
    published = shown.correlate(Standing).scalar_subquery()
    return sa.cast(sa.func.coalesce(published, 0), sa.BigInteger)


def _sum_of_people(*counted: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(
        sa.cast(sa.func.coalesce(sa.func.sum(Histogram.people), 0), sa.BigInteger)
    ).where(*counted)
