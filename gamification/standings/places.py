"""Asking for the places on a board: the top, and the viewer among their neighbours."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from gamification.metrics import POINT
from gamification.standings.freezing import is_frozen
from gamification.standings.selecting import Shape, counts, rows
from models import OPERATOR, STAFF, Context, Membership

OUTSIDE = "outside"
"""Who looks and is nobody in the course: a program, or an assistant."""


@dataclass(frozen=True)
class Viewer:
    """Who looks, and in which role this time.

    A teacher who looks at the course as a learner sees what learners see.
    """

    member: Membership
    role: str

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF or self.role == OPERATOR

    @property
    def is_outside(self) -> bool:
        """Whether they are not in the course at all, and read what anybody may."""
        return self.role == OUTSIDE

    @property
    def reads_aliases(self) -> bool:
        """Whether they read no name, whatever the course's people show each other."""
        return self.role in {OUTSIDE, OPERATOR}


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
    def shape(self) -> Shape:
        """What makes the questions of this board others than those of another."""
        return Shape(
            is_batched=self.is_batched,
            is_kept_apart=self.is_kept_apart,
            by_staff=self.by_staff,
            has_group=self.group is not None,
            has_league=self.league is not None,
            is_listed=self.points is not None,
        )

    @property
    def by_staff(self) -> bool:
        return self.viewer.is_staff

    @property
    def viewer_id(self) -> int:
        return self.viewer.member.id

    def asked(self, now: datetime | None = None) -> dict[str, Any]:
        """Return what the questions of a board take; those of its rows need `now`."""
        return {
            "course": self.context.id,
            "period": self.period,
            "group": self.group,
            "league": self.league,
            "minimum": self.context.board_minimum,
            "viewer": self.viewer_id,
            "points": self.points,
            "top": self.context.board_top,
            "near": self.context.board_neighbours,
            "moment": now,
        }


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
    counted = session.execute(counts(view.shape), view.asked())
    found = Overview(*counted.one())
    # Whose first batch is to come is there for themself.
    more = (found.points is not None) - (found.shown is not None)
    return replace(found, everybody=found.everybody + more, people=found.people + more)


@dataclass(frozen=True)
class Place:
    """A row of a board as it was found."""

    membership_id: int
    user_id: str
    """Our public id of them."""
    name: str
    alias: str
    name_consent: bool | None
    points: int
    """In millionths."""
    completed: int
    updated_at: datetime
    badges: int
    ahead: int
    """How many have more whole points, as the viewer reads the board."""


def places_of(session: Session, view: View, now: datetime) -> list[Place]:
    """Return the rows of a board: the top, and the viewer's neighbours. One query."""
    found = session.execute(rows(view.shape), view.asked(now)).mappings()
    places = [_place(view, row) for row in found]
    me = next((n for n, p in enumerate(places) if _is_me(view, p)), None)
    near = view.context.board_neighbours
    return [
        place
        for n, place in enumerate(places)
        if n < view.context.board_top or (me is not None and abs(n - me) <= near)
    ]


def _place(view: View, row: RowMapping) -> Place:
    """Return a row by the names of its columns: an alias is never taken for a name."""
    return Place(**{**row, "ahead": row["ahead"] + _more_ahead(view, row["points"])})


def _is_me(view: View, place: Place) -> bool:
    return place.membership_id == view.viewer_id


def _more_ahead(view: View, points: int) -> int:
    """Return what the viewer's own points, not yet counted, change in a rank."""
    whole, change = points // POINT, 0
    if view.shown is not None and view.shown // POINT > whole:
        change -= 1
    if view.points is not None and view.points // POINT > whole:
        change += 1
    return change
