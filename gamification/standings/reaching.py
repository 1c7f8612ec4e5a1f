"""Milestones that were reached: written down once, and kept when points fall."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.feedback import Change, tell
from gamification.metrics import ALL, COUNTS, POINT
from gamification.metrics.people import RANKED
from gamification.standings.levels import Curve, curve_of
from gamification.standings.milestones import SHARES, milestones_up_to
from models import (
    Context,
    Earned,
    Item,
    Membership,
    MilestoneReached,
    Standing,
    StreamEvent,
)
from models.upsert import insert

POINTS, SHARE, LEVEL = "points", "share", "level"
Highest = dict[tuple[int, str], int]
"""The highest value that was reached, by member and kind."""


@dataclass(frozen=True)
class Position:
    """How far a member is, by themself."""

    membership_id: int
    points: int
    """Whole points, rounded down."""
    done: int
    total: int
    """So many of the course's items are completed, of so many there are."""


def reach(
    session: Session,
    context: Context,
    now: datetime,
    members: Collection[int],
    *,
    silent: bool = False,
) -> int:
    """Write down to which milestones some learners came; return how many are new.

    Each is a record of its own and told once, or not at all if it is `silent`. Three
    questions at most, for a few hundred members; the caller has locked the course.
    """
    positions = positions_of(session, context, members)
    known = _highest(session, members) if positions else {}
    curve = curve_of(context)
    rows: list[dict[str, Any]] = [
        {
            "context_id": context.id,
            "membership_id": position.membership_id,
            "kind": kind,
            "value": value,
            "reached_at": now,
        }
        for position in positions
        for kind, value in _new(position, curve, known)
    ]
    if rows:
        session.execute(
            insert(session, MilestoneReached).on_conflict_do_nothing(), rows
        )
    if rows and not silent:
        tell(session, context.id, [_change(row) for row in rows], now)
        _announce(session, context.id, {row["membership_id"] for row in rows}, now)
    return len(rows)


def positions_of(
    session: Session, context: Context, members: Collection[int]
) -> list[Position]:
    """Return how far some members are, of those who are ranked. One question."""
    points = (
        sa.select(Standing.points)
        .where(
            Standing.context_id == context.id,
            Standing.period == ALL,
            Standing.membership_id == Membership.id,
        )
        .scalar_subquery()
    )
    there = (Item.context_id == context.id, Item.gone_at.is_(None))
    total = sa.select(sa.func.count()).where(*there).scalar_subquery()
    done = (
        sa.select(sa.func.count(sa.distinct(Earned.item_id)))
        .join(Item, Item.id == Earned.item_id)
        .where(*there, Earned.membership_id == Membership.id)
        .where(Earned.kind == "completed", Earned.status.in_(COUNTS))
        .correlate(Membership)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Membership.id, points, done, total)
        .where(Membership.context_id == context.id, Membership.id.in_(members), *RANKED)
        .order_by(Membership.id)
    )
    return [
        Position(member, (millionths or 0) // POINT, finished, items)
        for member, millionths, finished, items in rows
    ]


def _highest(session: Session, members: Collection[int]) -> Highest:
    rows = session.execute(
        sa.select(
            MilestoneReached.membership_id,
            MilestoneReached.kind,
            sa.func.max(MilestoneReached.value),
        )
        .where(MilestoneReached.membership_id.in_(members))
        .group_by(MilestoneReached.membership_id, MilestoneReached.kind)
    )
    return {(member, kind): value for member, kind, value in rows}


def _new(position: Position, curve: Curve, known: Highest) -> Iterator[tuple[str, int]]:
    """Yield the milestones above those that are known."""
    values = {
        POINTS: milestones_up_to(position.points),
        SHARE: [
            share
            for share in SHARES
            if position.total and position.done * 100 >= share * position.total
        ],
        LEVEL: list(range(1, curve.level(position.points) + 1)),
    }
    for kind, reached in values.items():
        highest = known.get((position.membership_id, kind), 0)
        yield from ((kind, value) for value in reached if value > highest)


def _change(row: dict[str, Any]) -> Change:
    kind, value = row["kind"], row["value"]
    subject = {"milestone": kind, "value": value}
    news = "level" if kind == LEVEL else "milestone"
    return Change(row["membership_id"], news, f"milestone:{kind}:{value}", subject)


def _announce(
    session: Session, context_id: int, members: Collection[int], now: datetime
) -> None:
    """Tell the streams of each member once, however many milestones they came to."""
    session.execute(
        sa.insert(StreamEvent),
        [
            {
                "context_id": context_id,
                "membership_id": member,
                "audience": "member",
                "kind": "milestone",
                "subject": {},
                "created_at": now,
            }
            for member in sorted(members)
        ],
    )
