"""Asking for the places on a board: the top, and the viewer among their neighbours."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import ALL, POINT
from gamification.standings.audience import PARTICIPANTS, SHOWN
from gamification.standings.batches import badges_held
from gamification.standings.filters import in_group, in_league
from gamification.standings.freezing import is_frozen
from models import (
    STAFF,
    Context,
    Histogram,
    Membership,
    ShownStanding,
    Standing,
    User,
)

OUTSIDE = "outside"


@dataclass(frozen=True)
class Viewer:
    """Who looks, and in which role this time.

    A teacher who looks at the course as a learner sees what learners see.
    """

    member: Membership
    role: str

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_outside(self) -> bool:
        """Whether they are not in the course at all: they read no name."""
        return self.role == OUTSIDE


@dataclass(frozen=True)
class View:
    """Who looks at which period of which board."""

    context: Context
    viewer: Viewer
    period: str
    """Its key, `2026-W47`."""
    group: str | None = None
    """The public id of the group whose people are shown, if not all."""
    league: int | None = None
    """The league of that week whose people are shown, if not all."""
    points: int | None = None
    """The viewer's, in millionths, if they are on this board."""
    shown: int | None = None
    """What the others read of the viewer; the same, unless a batch is to come."""

    @property
    def is_batched(self) -> bool:
        """Whether the others are as they were at the last batch, and not as they are."""
        return self.is_kept_apart and not is_frozen(self.context, self.period)

    @property
    def is_kept_apart(self) -> bool:
        """Whether the viewer reads their own row as it is, and the others' by batches."""
        return self.context.board_shown_at is not None and not self.by_staff

    @property
    def is_part(self) -> bool:
        """Whether it shows a part of the course's people."""
        return self.group is not None or self.league is not None

    @property
    def table(self) -> type[Standing | ShownStanding]:
        """The table that holds the others' rows."""
        return ShownStanding if self.is_batched else Standing

    @property
    def by_staff(self) -> bool:
        return self.viewer.is_staff

    @property
    def viewer_id(self) -> int:
        return self.viewer.member.id

    def listed(
        self, table: type[Standing | ShownStanding], *, whole: bool = False
    ) -> list[sa.ColumnElement[bool]]:
        """Return what a row must meet to be on it, or on the `whole` course's."""
        conditions = [
            table.context_id == self.context.id,
            table.period == self.period,
            # Who was not shown yet has no points there.
            table.points >= self.context.board_minimum * POINT,
        ]
        if table is Standing:
            conditions.append(Standing.audience == PARTICIPANTS)
        if not whole:
            people = self._parts()
            conditions += [table.membership_id.in_(part) for part in people]
        return conditions

    def _parts(self) -> list[sa.Select[int]]:
        parts = []
        if self.group is not None:
            parts.append(in_group(self.context.id, self.group))
        if self.league is not None:
            parts.append(in_league(self.context.id, self.period, self.league))
        return parts

    def counted(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Return what a bar of the histogram must meet to count for the course's."""
        return (
            Histogram.context_id == self.context.id,
            Histogram.period == self.period,
            Histogram.audience == (SHOWN if self.is_batched else PARTICIPANTS),
            Histogram.points >= self.context.board_minimum,
        )


@dataclass(frozen=True)
class Overview:
    """What has to be known before any row is asked for."""

    points: int | None
    """The viewer's own, in millionths, if they are listed."""
    shown: int | None
    """The same as the others read it."""
    everybody: int
    """How many are on the whole course's board."""
    people: int
    """How many are on this one."""


def overview_of(session: Session, view: View) -> Overview:
    """Count a board and look the viewer up on it. One query."""
    table = view.table
    mine, shown = (
        sa.select(one.points).where(
            *view.listed(one), one.membership_id == view.viewer_id
        )
        for one in (Standing, table)
    )
    everybody = _sum_of_people(*view.counted())
    people = everybody
    # Learners' filters are counted where it is decided whether they open.
    if view.league is not None or (view.group is not None and view.by_staff):
        people = sa.select(sa.func.count()).where(*view.listed(table))
    parts = (mine, shown, everybody, people)
    query = sa.select(*(part.scalar_subquery() for part in parts))
    found = Overview(*session.execute(query).one())
    # Whose first batch is to come is there for themself.
    more = (found.points is not None) - (found.shown is not None)
    return replace(found, everybody=found.everybody + more, people=found.people + more)


@dataclass(frozen=True)
class Place:
    """A row of a board as it was found."""

    member: Membership
    user: User
    points: int
    """In millionths."""
    completed: int
    updated_at: datetime
    badges: int
    ahead: int
    """How many have more whole points, as the viewer reads the board."""


def places_of(session: Session, view: View, now: datetime) -> list[Place]:
    """Return the rows of a board: the top, and the viewer's neighbours. One query."""
    found = [Place(*row) for row in session.execute(_rows(view, now))]
    places = [
        replace(one, ahead=one.ahead + _more_ahead(view, one.points)) for one in found
    ]
    me = next((n for n, p in enumerate(places) if _is_me(view, p)), None)
    near = view.context.board_neighbours
    return [
        place
        for n, place in enumerate(places)
        if n < view.context.board_top or (me is not None and abs(n - me) <= near)
    ]


def _is_me(view: View, place: Place) -> bool:
    return place.member.id == view.viewer_id


def _more_ahead(view: View, points: int) -> int:
    """Return what the viewer's own points, not yet counted, change in a rank."""
    whole, change = points // POINT, 0
    if view.shown is not None and view.shown // POINT > whole:
        change -= 1
    if view.points is not None and view.points // POINT > whole:
        change += 1
    return change


def _rows(view: View, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    found = _picked(view, now)
    place = (found.c.points, found.c.membership_id)
    return (
        sa.select(
            Membership,
            User,
            *(found.c.points, found.c.completed, found.c.updated_at, found.c.badges),
            _ahead(view, found.c.points),
        )
        .select_from(found)
        .join(Membership, Membership.id == found.c.membership_id)
        .join(User, User.id == Membership.user_id)
        .order_by(*(column.desc() for column in place))
    )


def _ahead(view: View, points: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Count those with more whole points: by the histogram, a part's by the index."""
    if not view.is_part:
        return _sum_of_people(
            *view.counted(), Histogram.points > points // POINT
        ).scalar_subquery()
    table = view.table
    more = table.points >= (points // POINT + 1) * POINT
    query = sa.select(sa.func.count()).select_from(table)
    return query.where(*view.listed(table), more).scalar_subquery()


def _picked(view: View, now: datetime) -> sa.Subquery:
    """Select the rows that are shown: the top, the viewer and those around them."""
    table = view.table
    place = sa.tuple_(table.points, table.membership_id)
    best_first = (table.points.desc(), table.membership_id.desc())
    next_first = (table.points, table.membership_id)
    others = _columns(table, _others_badges(view, now)).where(*view.listed(table))
    if view.is_kept_apart:
        others = others.where(table.membership_id != view.viewer_id)
    parts = [others.order_by(*best_first).limit(view.context.board_top)]
    if view.points is not None:
        me = sa.tuple_(sa.literal(view.points), sa.literal(view.viewer_id))
        near = view.context.board_neighbours
        parts += [
            _columns(Standing, badges_held(now)).where(
                *view.listed(Standing), Standing.membership_id == view.viewer_id
            ),
            others.where(place > me).order_by(*next_first).limit(near),
            others.where(place < me).order_by(*best_first).limit(near),
        ]
    # SQLite orders and limits the parts of a union only inside of them.
    return sa.union(*(sa.select(part.subquery()) for part in parts)).subquery()


def _columns(
    table: type[Standing | ShownStanding], badges: sa.ColumnElement[int]
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        *(table.membership_id, table.points, table.completed, table.updated_at),
        badges.label("badges"),
    )


def _others_badges(view: View, now: datetime) -> sa.ColumnElement[int]:
    """Return how many badges others read: those of today, or of the last batch.

    A closed period stays as it was, but for badges: they come with the batches, too.
    """
    if view.is_batched:
        return sa.cast(ShownStanding.badges, sa.BigInteger)
    if not view.is_kept_apart:
        return badges_held(now)
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
