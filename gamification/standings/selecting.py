"""The questions of a board's page, as SQL; those of each shape are put together once.

They take what `View.asked` tells: the course, the period, the viewer and the limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamification.metrics import ALL, POINT
from gamification.standings.audience import PARTICIPANTS, SHOWN
from gamification.standings.batches import badges_held
from gamification.standings.filters import in_group, in_league
from models import (
    Award,
    Histogram,
    LeaguePlace,
    Membership,
    ShownStanding,
    Standing,
    User,
)

Table = type[Standing | ShownStanding]
Question = sa.Select[*tuple[Any, ...]]
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
        # Who was not shown yet has no points there.
        conditions = [*self._there(table), table.points >= MINIMUM * POINT]
        return conditions if whole else [*conditions, *self._among(table)]

    def ahead(
        self, table: Table, than: sa.ColumnElement[bool]
    ) -> list[sa.ColumnElement[bool]]:
        """Return what a row must meet to be on it and ahead of one that is.

        The course's minimum is no question then; asked all the same, SQLite would
        read everybody between the two.
        """
        return [*self._there(table), *self._among(table), than]

    def _there(self, table: Table) -> list[sa.ColumnElement[bool]]:
        conditions = [table.context_id == COURSE, table.period == PERIOD]
        if table is Standing:
            conditions.append(Standing.audience == PARTICIPANTS)
        return conditions

    def _among(self, table: Table) -> list[sa.ColumnElement[bool]]:
        return [table.membership_id.in_(part) for part in self._parts()]

    def _parts(self) -> Iterator[sa.Select[int]]:
        if self.has_group:
            yield in_group(COURSE, GROUP)
        if self.has_league:
            yield in_league(COURSE, PERIOD, LEAGUE)

    def counted(
        self, points: sa.ColumnElement[bool]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        """Return what a bar of the histogram must meet to count for the course's."""
        return (
            Histogram.context_id == COURSE,
            Histogram.period == PERIOD,
            Histogram.audience == (SHOWN if self.is_batched else PARTICIPANTS),
            points,
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
    everybody = _sum_of_people(*shape.counted(Histogram.points >= MINIMUM))
    people = everybody
    # Learners' groups are counted where it is decided whether they open.
    if shape.has_league or (shape.has_group and shape.by_staff):
        people = _people(shape)
    parts = (mine, shown, everybody, people)
    return sa.select(*(part.scalar_subquery() for part in parts))


@lru_cache
def rows(shape: Shape) -> sa.Select[*tuple[Any, ...]]:
    """Select the `Place`s of a board, best first."""
    found = _picked(shape)
    place = (found.c.points, found.c.membership_id)
    return (
        sa.select(
            Membership.id.label("membership_id"),
            User.public_id.label("user_id"),
            *(Membership.name, Membership.alias, Membership.name_consent),
            *(found.c.points, found.c.completed, found.c.updated_at, found.c.badges),
            _ahead(shape, found.c.points).label("ahead"),
        )
        .select_from(found)
        .join(Membership, Membership.id == found.c.membership_id)
        .join(User, User.id == Membership.user_id)
        .order_by(*(column.desc() for column in place))
    )


def _people(shape: Shape) -> sa.Select[int]:
    """Count those on the board of a part of the course."""
    query, table = sa.select(sa.func.count()), shape.table
    if shape.has_league:
        return _in_its_league(query, table, MINIMUM * POINT)
    return query.where(*shape.listed(table))


def _ahead(shape: Shape, points: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Count those with more whole points: by the histogram, a part's by the index."""
    if not (shape.has_group or shape.has_league):
        more = Histogram.points > points // POINT
        return _sum_of_people(*shape.counted(more)).scalar_subquery()
    query, table = sa.select(sa.func.count()), shape.table
    least = (points // POINT + 1) * POINT
    if shape.has_league:
        return _in_its_league(query, table, least).scalar_subquery()
    return query.where(*shape.ahead(table, table.points >= least)).scalar_subquery()


def _in_its_league(
    query: Question, table: Table, least: sa.ColumnElement[int]
) -> Question:
    """Ask of those of a league who have so many points, beginning with its people.

    SQLite would begin with everybody's points, were the tables joined or were a row
    of points to be there: so an outer join, and a test that NULL would pass, too.
    """
    person = aliased(Membership)
    theirs = [
        table.context_id == LeaguePlace.context_id,
        table.membership_id == LeaguePlace.membership_id,
        table.period == LeaguePlace.week,
    ]
    if table is Standing:
        theirs.append(Standing.audience == PARTICIPANTS)
    return (
        query.select_from(LeaguePlace)
        .join(person, person.id == LeaguePlace.membership_id)
        .outerjoin(table, sa.and_(*theirs))
        .where(
            LeaguePlace.context_id == COURSE,
            LeaguePlace.week == PERIOD,
            LeaguePlace.league == LEAGUE,
            person.leagues_left_at.is_(None),
            sa.func.coalesce(table.points, -1) >= least,
        )
    )


def _picked(shape: Shape) -> sa.Subquery:
    """Select the rows that are shown: the top, the viewer and those around them."""
    table = shape.table
    others = _columns(table, _others_badges(shape))
    if shape.has_league:
        parts = [_of_league(shape, others)]
    else:
        parts = list(_around(shape, others))
    if shape.is_listed:
        parts.append(
            _columns(Standing, badges_held(MOMENT)).where(
                *shape.listed(Standing), Standing.membership_id == VIEWER
            )
        )
    # SQLite orders and limits the parts of a union only inside of them.
    return sa.union(*(sa.select(part.subquery()) for part in parts)).subquery()


def _of_league(shape: Shape, others: Question) -> Question:
    """Select all of a league: few, of whom `places_of` shows some."""
    if shape.is_kept_apart:
        others = others.where(LeaguePlace.membership_id != VIEWER)
    return _in_its_league(others, shape.table, MINIMUM * POINT)


def _around(shape: Shape, others: Question) -> Iterator[Question]:
    """Select the top of a board, and the neighbours of a viewer who is on it."""
    table = shape.table
    place = sa.tuple_(table.points, table.membership_id)
    best_first = (table.points.desc(), table.membership_id.desc())
    next_first = (table.points, table.membership_id)
    if shape.is_kept_apart:
        others = others.where(table.membership_id != VIEWER)
    listed = others.where(*shape.listed(table))
    yield listed.order_by(*best_first).limit(TOP)
    if shape.is_listed:
        me = sa.tuple_(POINTS, VIEWER)
        ahead = others.where(*shape.ahead(table, place > me))
        yield ahead.order_by(*next_first).limit(NEAR)
        yield listed.where(place < me).order_by(*best_first).limit(NEAR)


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
