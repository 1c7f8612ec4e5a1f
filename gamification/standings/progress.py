"""How somebody comes along, compared with nobody: it takes no board."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import METRICS, day_of
from gamification.metrics.streaks import WeekNumber
from gamification.standings.bests import Best, known_bests
from gamification.standings.calendar import week_number, weeks_free_for
from gamification.standings.levels import curve_of
from gamification.standings.milestones import SHARES, next_milestone
from gamification.standings.mine import MyStanding, PersonalBest, progress_of
from gamification.standings.reaching import LEVEL, POINTS, SHARE, positions_of
from models import Earned, Item, Membership, MilestoneReached

STEADY_OVER = 8
"""Steadiness looks at so many weeks, without those that were free."""


@dataclass(frozen=True)
class Level:
    """One's level, and the way to the next one."""

    number: int
    next_at: int | None
    """The points at which the next one begins; None after the last."""
    points_needed: int | None
    percent: int
    """How far from the one to the other, rounded down."""


@dataclass(frozen=True)
class Reached:
    """A milestone that one came to, once and for good."""

    kind: str
    value: int
    reached_at: datetime


@dataclass(frozen=True)
class Ahead:
    """The next milestone of a kind, and what is missing."""

    kind: str
    value: int
    missing: int
    """Whole points, or items to complete."""


@dataclass(frozen=True)
class Steadiness:
    """How regularly one works: weeks, and none of another person."""

    active_weeks: int
    of_weeks: int
    """Of so many weeks that were not free, this one included."""
    run: int
    """Weeks in a row until now, one free of work forgiven."""


@dataclass(frozen=True, kw_only=True)
class MyProgress:
    """All of it."""

    standing: MyStanding
    week: PersonalBest
    level: Level
    items_done: int
    items: int
    reached: list[Reached]
    """The newest first, fifty at most."""
    ahead: list[Ahead]
    bests: Mapping[str, Best]
    best_item: str
    """What people call the item of the best result; empty without one."""
    steadiness: Steadiness


def my_progress(session: Session, member: Membership, now: datetime) -> MyProgress:
    """Return how a member comes along: a number of questions that does not grow."""
    context = member.context
    standing, week = progress_of(session, member, now)
    position = next(iter(positions_of(session, context, [member.id])), None)
    done, total = (position.done, position.total) if position else (0, 0)
    reached = _reached(session, member)
    known = known_bests(session, context.id, [member.id])
    bests = {kind: best for (_, kind), best in known.items()}
    return MyProgress(
        standing=standing,
        week=week,
        level=_level(member, standing.points, reached),
        items_done=done,
        items=total,
        reached=reached[:50],
        ahead=list(_ahead(standing.points, done, total)),
        bests=bests,
        best_item=_label(session, member, bests.get("result")),
        steadiness=_steadiness(session, member, now),
    )


def run_until(worked: Collection[int], free: Collection[int], week: int) -> int:
    """Return the weeks in a row that end now, as streaks count them.

    This week is not missed before it is over; one missed week is forgiven. A plain
    count beside `streaks`, which knows no week as the present one: its weeks are here
    anyway, and the longest run there ever was is what `streaks` says.
    """
    weeks, missed = int(week in worked), 0
    first = min(worked, default=week)
    for earlier in range(week - 1, first - 1, -1):
        if earlier in worked:
            weeks += 1
        elif earlier not in free:
            missed += 1
        if missed > 1:
            break
    return weeks


def _reached(session: Session, member: Membership) -> list[Reached]:
    query = (
        sa.select(
            MilestoneReached.kind, MilestoneReached.value, MilestoneReached.reached_at
        )
        .where(MilestoneReached.membership_id == member.id)
        .order_by(MilestoneReached.id.desc())
    )
    return [Reached(*row) for row in session.execute(query)]


def _level(member: Membership, points: int, reached: Iterable[Reached]) -> Level:
    """Return the level of some points, or a higher one that was reached: it is kept."""
    curve = curve_of(member.context)
    kept = max((one.value for one in reached if one.kind == LEVEL), default=0)
    number = max(curve.level(points), kept)
    start, end = curve.start_of(number), curve.start_of(number + 1)
    if start is None or end is None:
        return Level(number, None, None, 100)
    done = 100 * (points - start) // (end - start)
    return Level(number, end, end - points, max(0, done))


def _ahead(points: int, done: int, total: int) -> Iterable[Ahead]:
    milestone = next_milestone(points)
    yield Ahead(POINTS, milestone.at, milestone.points_needed)
    share = next((one for one in SHARES if done * 100 < one * total), None)
    if share is not None:
        # Rounded up: half an item is not completed.
        yield Ahead(SHARE, share, -(-share * total // 100) - done)


def _label(session: Session, member: Membership, best: Best | None) -> str:
    if best is None:
        return ""
    query = sa.select(Item.label).where(
        Item.context_id == member.context_id, Item.public_id == best.place
    )
    return session.scalar(query) or ""


def _steadiness(session: Session, member: Membership, now: datetime) -> Steadiness:
    week = WeekNumber(Earned.day)
    query = sa.select(week).where(
        Earned.membership_id == member.id, *METRICS["events"].rows
    )
    worked = set(session.scalars(query.distinct()))
    free = weeks_free_for(session, member)
    this = week_number(day_of(now, member.context.zone))
    looked_at = _weeks_back(this, free - worked)
    return Steadiness(
        active_weeks=len(worked & set(looked_at)),
        of_weeks=STEADY_OVER,
        run=run_until(worked, free, this),
    )


def _weeks_back(week: int, free: Collection[int]) -> list[int]:
    weeks: list[int] = []
    while len(weeks) < STEADY_OVER:
        if week not in free:
            weeks.append(week)
        week -= 1
    return weeks
