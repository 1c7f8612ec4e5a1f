"""The leaderboard: a few rows around the viewer, at a cost that does not grow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT
from gamification.metrics.awarded import is_open
from gamification.standings.audience import PARTICIPANTS, audience_of
from gamification.standings.consent import is_named
from gamification.standings.mine import periods_of
from gamification.switches import Switch
from models import STAFF, Award, Context, Histogram, Membership, Standing, User

FEWEST = 5
"""Below so many people a board tells more about persons than about points."""
NAMELESS = "Someone new"


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One person of the board, as the viewer may see them."""

    rank: int | None
    """1, 2, 2, 4; empty where the course shows no absolute ranks."""
    gap: int | None
    """Whole points ahead of the viewer (behind: below zero), for relative ranks."""
    name: str
    """The alias; the name for staff, and for learners with that one's consent."""
    points: int
    """Whole points, rounded down."""
    completed: int
    badges: int
    updated_at: datetime
    """To the hour where it is somebody else's and the viewer is no staff."""
    me: bool
    user_id: str | None
    """For staff alone."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board for one viewer; without rows unless it is `ready`."""

    state: Literal["off", "too_few", "ready"]
    period: str
    people: int
    """How many are on it; of too few people only staff learn the number."""
    joined: bool
    """Whether the viewer's points are shown on it, as soon as there are any."""
    rows: list[BoardRow]


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


@dataclass(frozen=True)
class _View:
    """Who looks at which period of which board."""

    context: Context
    viewer: Viewer
    period: str
    points: int | None = None
    """The viewer's, in millionths, if they are on this board."""

    @property
    def by_staff(self) -> bool:
        return self.viewer.is_staff

    @property
    def viewer_id(self) -> int:
        return self.viewer.member.id

    def shown(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            Standing.context_id == self.context.id,
            Standing.period == self.period,
            Standing.audience == PARTICIPANTS,
        )

    def counted(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            Histogram.context_id == self.context.id,
            Histogram.period == self.period,
            Histogram.audience == PARTICIPANTS,
        )


def leaderboard(
    session: Session,
    viewer: Viewer,
    now: datetime,
    *,
    switch: Switch,
    period: str = "all",
) -> Board:
    """Return the viewer's board for `all`, the running `week` or `month`.

    The top rows, and the viewer among their neighbours, best first; two queries,
    however large the course. Raises KeyError for another period.
    """
    context = viewer.member.context
    key = periods_of(context, now)[period]
    joined = audience_of(viewer.member, context.board_participation) == PARTICIPANTS
    if not (switch.on and context.board_enabled):
        return Board(state="off", period=period, people=0, joined=joined, rows=[])
    mine, people = _overview(session, _View(context, viewer, key))
    view = _View(context, viewer, key, mine)
    if people < FEWEST:
        people = people if view.by_staff else 0
        return Board(
            state="too_few", period=period, people=people, joined=joined, rows=[]
        )
    rows = [_row(view, row) for row in session.execute(_rows(view, now))]
    return Board(state="ready", period=period, people=people, joined=joined, rows=rows)


def _overview(session: Session, view: _View) -> tuple[int | None, int]:
    mine = sa.select(Standing.points).where(
        *view.shown(), Standing.membership_id == view.viewer_id
    )
    people = sa.select(
        sa.cast(sa.func.coalesce(sa.func.sum(Histogram.people), 0), sa.BigInteger)
    ).where(*view.counted())
    query = sa.select(mine.scalar_subquery(), people.scalar_subquery())
    points, count = session.execute(query).one()
    return points, count or 0


def _rows(
    view: _View, now: datetime
) -> sa.Select[Membership, User, int, int, datetime, int, int]:
    ahead = sa.select(
        sa.cast(sa.func.coalesce(sa.func.sum(Histogram.people), 0), sa.BigInteger)
    ).where(*view.counted(), Histogram.points > Standing.points // POINT)
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
            ahead.correlate(Standing).scalar_subquery(),
            badges.correlate(Standing).scalar_subquery(),
        )
        .select_from(Standing)
        .join(Membership, Membership.id == Standing.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(*view.shown(), Standing.membership_id.in_(_picked(view)))
        .order_by(Standing.points.desc(), Standing.membership_id.desc())
    )


def _picked(view: _View) -> sa.Select[int]:
    """Select whose rows are shown: the top, the viewer and those around them."""
    place = sa.tuple_(Standing.points, Standing.membership_id)
    best_first = (Standing.points.desc(), Standing.membership_id.desc())
    next_first = (Standing.points, Standing.membership_id)
    shown = sa.select(Standing.membership_id).where(*view.shown())
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


def _row(view: _View, found: Any) -> BoardRow:  # noqa: ANN401 -- a row of `_rows`
    member, user, points, completed, updated_at, ahead, badges = found
    me = member.id == view.viewer_id
    if not (me or view.by_staff):
        updated_at = updated_at.replace(minute=0, second=0, microsecond=0)
    return BoardRow(
        rank=1 + ahead if view.by_staff or _shows(view, "absolute") else None,
        gap=_gap(view, points) if _shows(view, "relative") else None,
        name=_name(view, member),
        points=points // POINT,
        completed=completed,
        badges=badges,
        updated_at=updated_at,
        me=me,
        user_id=user.public_id if view.by_staff else None,
    )


def _shows(view: _View, form: str) -> bool:
    return view.context.board_rank == form


def _gap(view: _View, points: int) -> int | None:
    if view.points is None:
        return None
    return points // POINT - view.points // POINT


def _name(view: _View, member: Membership) -> str:
    if (view.by_staff or is_named(member, view.context)) and member.name:
        return member.name
    return member.alias or NAMELESS
