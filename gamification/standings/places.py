"""Asking for the places on a board: the top, and the viewer among their neighbours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT
from gamification.metrics.awarded import is_open
from gamification.standings.audience import PARTICIPANTS
from gamification.standings.filters import in_group
from models import STAFF, Award, Context, Histogram, Membership, Standing, User

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
    points: int | None = None
    """The viewer's, in millionths, if they are on this board."""

    @property
    def by_staff(self) -> bool:
        return self.viewer.is_staff

    @property
    def viewer_id(self) -> int:
        return self.viewer.member.id

    def listed(self, *, whole: bool = False) -> tuple[sa.ColumnElement[bool], ...]:
        """Return what a standing must meet to be on it, or on the `whole` course's."""
        course = (
            Standing.context_id == self.context.id,
            Standing.period == self.period,
            Standing.audience == PARTICIPANTS,
            Standing.points >= self.context.board_minimum * POINT,
        )
        if self.group is None or whole:
            return course
        people = in_group(self.context.id, self.group)
        return (*course, Standing.membership_id.in_(people))

    def counted(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Return what a bar of the histogram must meet to count for the course's."""
        return (
            Histogram.context_id == self.context.id,
            Histogram.period == self.period,
            Histogram.audience == PARTICIPANTS,
            Histogram.points >= self.context.board_minimum,
        )


@dataclass(frozen=True)
class Overview:
    """What has to be known before any row is asked for."""

    points: int | None
    """The viewer's own, in millionths, if they are listed."""
    everybody: int
    """How many are on the whole course's board."""
    people: int
    """How many are on this one."""


def overview_of(session: Session, view: View) -> Overview:
    """Count a board and look the viewer up on it. One query."""
    mine = sa.select(Standing.points).where(
        *view.listed(), Standing.membership_id == view.viewer_id
    )
    everybody = _sum_of_people(*view.counted())
    people = everybody
    # Learners' filters are counted where it is decided whether they open.
    if view.group is not None and view.by_staff:
        people = sa.select(sa.func.count()).where(*view.listed())
    query = sa.select(
        mine.scalar_subquery(), everybody.scalar_subquery(), people.scalar_subquery()
    )
    return Overview(*session.execute(query).one())


def rows_of(
    view: View, now: datetime
) -> sa.Select[Membership, User, int, int, datetime, int, int]:
    """Select the rows of a board with how many are ahead of each, best first."""
    badges = sa.select(sa.func.count()).where(
        Award.membership_id == Standing.membership_id, is_open(now)
    )
    return (
        sa.select(
            Membership,
            User,
            Standing.points,
            Standing.completed,
            Standing.updated_at,
            _ahead(view),
            badges.correlate(Standing).scalar_subquery(),
        )
        .select_from(Standing)
        .join(Membership, Membership.id == Standing.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(*view.listed(), Standing.membership_id.in_(_picked(view)))
        .order_by(Standing.points.desc(), Standing.membership_id.desc())
    )


def _ahead(view: View) -> sa.ScalarSelect[Any]:
    """Count those with more whole points: by the histogram, a group's by the index."""
    if view.group is None:
        ahead = _sum_of_people(
            *view.counted(), Histogram.points > Standing.points // POINT
        )
        return ahead.correlate(Standing).scalar_subquery()
    other = sa.orm.aliased(Standing)
    more = (
        sa.select(sa.func.count())
        .select_from(other)
        .where(
            other.context_id == view.context.id,
            other.period == view.period,
            other.audience == PARTICIPANTS,
            other.points >= (Standing.points // POINT + 1) * POINT,
            other.membership_id.in_(in_group(view.context.id, view.group)),
        )
    )
    return more.correlate(Standing).scalar_subquery()


def _picked(view: View) -> sa.Select[int]:
    """Select whose rows are shown: the top, the viewer and those around them."""
    place = sa.tuple_(Standing.points, Standing.membership_id)
    best_first = (Standing.points.desc(), Standing.membership_id.desc())
    next_first = (Standing.points, Standing.membership_id)
    shown = sa.select(Standing.membership_id).where(*view.listed())
    parts = [shown.order_by(*best_first).limit(view.context.board_top)]
    if view.points is not None:
        me = sa.tuple_(sa.literal(view.points), sa.literal(view.viewer_id))
        near = view.context.board_neighbours
        parts += [
            shown.where(place >= me).order_by(*next_first).limit(near + 1),
            shown.where(place < me).order_by(*best_first).limit(near),
        ]
    # SQLite orders and limits the parts of a union only inside of them.
    picked = sa.union(
        *(sa.select(part.subquery().c.membership_id) for part in parts)
    ).subquery()
    return sa.select(picked.c.membership_id)


def _sum_of_people(*counted: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(
        sa.cast(sa.func.coalesce(sa.func.sum(Histogram.people), 0), sa.BigInteger)
    ).where(*counted)
