"""What a board of points leaves out: who improves, who keeps at it, and teams.

Each list is shown from five people on; who is on it is there by the same consent and
under the same name as on the board, and moves with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import ALL, POINT, day_of, week_key
from gamification.standings.audience import PARTICIPANTS, audience_column
from gamification.standings.consent import NAMELESS, name_for
from gamification.standings.filters import FEWEST
from gamification.standings.freezing import frozen_rows
from gamification.standings.places import Viewer
from models import (
    Context,
    Group,
    GroupMember,
    Membership,
    ShownStanding,
    Standing,
)

WEEKS = 4
STEADY = 3
"""Something in so many of the last four weeks, this one included, is steady."""
MOST = 50
TEAM = "team"

Row = TypeVar("Row")


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """A list for one viewer; without rows unless it is `ready`."""

    state: Literal["off", "too_few", "ready"]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Improved:
    """Somebody whose week is better than their own last four were on average."""

    name: str
    more: int
    """Whole points above their own mean, rounded down."""
    me: bool


@dataclass(frozen=True)
class Steady:
    """Somebody who keeps at it."""

    name: str
    weeks: int
    """In how many of the last four weeks they have points, this one included."""
    me: bool


@dataclass(frozen=True)
class Team:
    """A team beside the others, whatever its size."""

    rank: int
    name: str
    points: int
    """Whole points for each member on the board, rounded down."""
    mine: bool


def improved(session: Session, viewer: Viewer, now: datetime) -> Listed[Improved]:
    """Return whose points of this week are above their own mean of the last four.

    The most improved first; who had no points in those four weeks has no mean. One
    query.
    """
    context = viewer.member.context
    this, *past = _weeks(context, now)
    board = _read(context, viewer)
    mine = _points_in(board, [this])
    before = _points_in(board, past)
    # Compared without dividing: four times this week against all four.
    gain = WEEKS * mine - before
    rows = session.execute(
        _people(context, board, [this, *past], gain.label("gain"))
        .having(before > 0, gain > 0)
        .order_by(gain.desc(), Membership.id)
        .limit(MOST)
    ).all()
    return _listed(
        [
            Improved(
                _name(viewer, member), gained // (WEEKS * POINT), _is_me(viewer, member)
            )
            for member, gained in rows
        ]
    )


def steady(session: Session, viewer: Viewer, now: datetime) -> Listed[Steady]:
    """Return who has points in three of the last four weeks, this one included.

    Whatever their points are, so in the order of names; of more than fifty the first
    by alias. One query.
    """
    context = viewer.member.context
    weeks = _weeks(context, now)[:WEEKS]
    board = _read(context, viewer)
    active = sa.func.count()
    rows = session.execute(
        _people(context, board, weeks, active.label("active"))
        .where(board.c.points > 0)
        .having(active >= STEADY)
        .order_by(Membership.alias, Membership.id)
        .limit(MOST)
    ).all()
    found = (
        Steady(_name(viewer, member), count, _is_me(viewer, member))
        for member, count in rows
    )
    return _listed(sorted(found, key=lambda row: row.name))


def teams(session: Session, viewer: Viewer, period: str = ALL) -> Listed[Team]:
    """Return teams of five or more on the board, by the mean of their members' points.

    Equal whole points share a rank: 1, 2, 2, 4. Teams that share somebody are left out:
    two means that differ by one person would tell that one's points. `period` is a key.
    One query.
    """
    rows = session.execute(_teams(viewer, period)).all()
    means = sorted(
        ((total // (people * POINT), name, mine) for name, people, total, mine in rows),
        key=lambda row: (-row[0], row[1]),
    )
    found = tuple(
        Team(1 + sum(other > mean for other, _, _ in means), name, mean, bool(mine))
        for mean, name, mine in means[:MOST]
    )
    # One team alone is compared with nobody.
    return Listed("ready", found) if len(found) > 1 else Listed("too_few")


def _teams(viewer: Viewer, period: str) -> sa.Select[str, int, int, int]:
    """Select teams with how many are on the board, their points, and the viewer."""
    context = viewer.member.context
    board = _read(context, viewer)
    people = sa.func.count()
    points = sa.cast(sa.func.coalesce(sa.func.sum(board.c.points), 0), sa.BigInteger)
    is_mine = sa.case((GroupMember.membership_id == viewer.member.id, 1), else_=0)
    in_many = sa.case((Membership.id.in_(_in_many_teams(context)), 1), else_=0)
    is_in = sa.and_(GroupMember.group_id == Group.id, GroupMember.valid_to.is_(None))
    has_points = sa.and_(
        board.c.membership_id == Membership.id, board.c.period == period
    )
    return (
        sa.select(Group.name, people, points, sa.func.sum(is_mine))
        .select_from(Group)
        .join(GroupMember, is_in)
        .join(Membership, Membership.id == GroupMember.membership_id)
        .outerjoin(board, has_points)
        .where(
            Group.context_id == context.id,
            Group.kind == TEAM,
            audience_column(context) == PARTICIPANTS,
        )
        .group_by(Group.id, Group.name)
        .having(people >= FEWEST, sa.func.sum(in_many) == 0)
    )


def _in_many_teams(context: Context) -> sa.Select[int]:
    """Select who is in more than one team."""
    return (
        sa.select(GroupMember.membership_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(
            Group.context_id == context.id,
            Group.kind == TEAM,
            GroupMember.valid_to.is_(None),
        )
        .group_by(GroupMember.membership_id)
        .having(sa.func.count() > 1)
    )


def _listed(rows: Sequence[Row]) -> Listed[Row]:
    if len(rows) < FEWEST:
        return Listed("too_few")
    return Listed("ready", tuple(rows))


def _weeks(context: Context, now: datetime) -> list[str]:
    """Return the keys of this week and of the four before it."""
    today: date = day_of(now, context.zone)
    return [week_key(today - timedelta(weeks=n)) for n in range(WEEKS + 1)]


def _read(context: Context, viewer: Viewer) -> sa.Subquery:
    """Select the standings of participants as the viewer's board has them."""
    columns = ("period", "membership_id", "points")
    live = sa.select(*(getattr(Standing, name) for name in columns)).where(
        Standing.context_id == context.id, Standing.audience == PARTICIPANTS
    )
    if viewer.is_staff or context.board_shown_at is None:
        return live.subquery("board")
    shown = sa.select(*(getattr(ShownStanding, name) for name in columns)).where(
        ShownStanding.context_id == context.id,
        ShownStanding.points.is_not(None),
        # They are forgotten with the first batch after a period was closed.
        ~frozen_rows(context, ShownStanding.period),
    )
    closed = frozen_rows(context, Standing.period)
    return sa.union_all(live.where(closed), shown).subquery("board")


def _people(
    context: Context,
    board: sa.Subquery,
    periods: list[str],
    value: sa.ColumnElement[int],
) -> sa.Select[Membership, Any]:
    return (
        sa.select(Membership, value)
        .join(board, board.c.membership_id == Membership.id)
        .where(Membership.context_id == context.id, board.c.period.in_(periods))
        .group_by(Membership.id)
    )


def _points_in(board: sa.Subquery, periods: list[str]) -> sa.ColumnElement[int]:
    points = sa.case((board.c.period.in_(periods), board.c.points), else_=0)
    return sa.cast(sa.func.sum(points), sa.BigInteger)


def _is_me(viewer: Viewer, member: Membership) -> bool:
    return member.id == viewer.member.id


def _name(viewer: Viewer, member: Membership) -> str:
    if viewer.reads_aliases:
        return member.alias or NAMELESS
    return name_for(member, viewer.member.context, by_staff=viewer.is_staff)
