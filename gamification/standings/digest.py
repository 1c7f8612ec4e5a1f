"""A course's weeks in a few numbers: nobody's name, and nothing counted anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import (
    EVENTS,
    POINT,
    begin_of,
    day_of,
    days_of_key,
    totals,
    week_key,
    week_of,
)
from gamification.metrics.awarded import was_open
from gamification.metrics.people import RANKED
from gamification.metrics.streaks import WeekNumber
from gamification.standings.calendar import FIRST_MONDAY, week_number
from gamification.standings.mine import NoSuchPeriod
from gamification.switches import Switch
from models import Award, Badge, BadgeVersion, Context, Earned, FreeWeek, Membership
from models.progress import EVERYBODY

GRADED = "graded"
KINDS = (*EVENTS, GRADED)
WEEK = timedelta(weeks=1)
MOST_WEEKS = 60
NO_SUCH_WEEK = "it is the running week or a past one, such as 2026-W45"


@dataclass(frozen=True)
class BadgeCount:
    """How many people were awarded a badge."""

    key: str
    label: str
    icon: str
    awards: int


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What the active learners of a course did in a week, all together."""

    week: str
    """The ISO week in the course's zone, `2026-W47`."""
    first: date
    """Its Monday."""
    last: date
    is_free: bool
    """Most of its days are a break of the course."""
    contributors: int
    """Who did anything that counts; a grade alone is the teacher's act."""
    events: int
    points: int
    """Whole points, rounded down once, after adding up."""
    facts: Mapping[str, int]
    """How many facts of each kind there are; without the kinds there are none of."""
    people: int
    """Who has a new badge; awards that were over again by the end are left out."""
    badges: tuple[BadgeCount, ...]
    """In the catalog's order, without those nobody was awarded."""


@dataclass(frozen=True)
class Weeks:
    """Some weeks in a row."""

    number: int = 1
    until: str | None = None
    """The last of them, `2026-W45`; the running one where none is named."""


THIS_WEEK = Weeks()


def digest(
    session: Session, context: Context, now: datetime, *, switch: Switch
) -> Digest | None:
    """Return the running week of a course so far, in two questions; off, nothing."""
    if not switch.on:
        return None
    return digests(session, context, now, switch=switch)[0]


def digests(
    session: Session,
    context: Context,
    now: datetime,
    *,
    switch: Switch,
    weeks: Weeks = THIS_WEEK,
) -> list[Digest]:
    """Return some weeks of a course, the oldest first; off, none.

    In two questions, however many weeks there are. Past weeks are told by the facts
    and the learners of today. For staff and operators: small numbers are told as they
    are. Raises NoSuchPeriod for a week that has not begun.
    """
    mondays = _mondays(context, now, weeks)
    if not switch.on:
        return []
    awarded = _awarded(context, mondays, now)
    badges = _badges(session, awarded)
    return [
        _told(row, badges.get(row["week"], ()))
        for row in session.execute(_numbers(context, mondays, awarded)).mappings()
    ]


def _mondays(context: Context, now: datetime, weeks: Weeks) -> list[date]:
    """Return the first day of each week, the oldest first."""
    running, _ = week_of(day_of(now, context.zone))
    last = running
    if weeks.until is not None:
        try:
            last, sunday = days_of_key(weeks.until)
        except ValueError:
            raise NoSuchPeriod(NO_SUCH_WEEK) from None
        if last > running or sunday - last >= WEEK or last < FIRST_MONDAY:
            raise NoSuchPeriod(NO_SUCH_WEEK)
    return [last - back * WEEK for back in reversed(range(weeks.number))]


def _told(row: sa.RowMapping, badges: Sequence[BadgeCount]) -> Digest:
    monday = FIRST_MONDAY + row["week"] * WEEK
    return Digest(
        week=week_key(monday),
        first=monday,
        last=week_of(monday)[1],
        is_free=row["is_free"],
        contributors=row["contributors"],
        events=row["events"],
        points=row["score"] // POINT,
        facts={kind: row[_of(kind)] for kind in KINDS if row[_of(kind)]},
        people=row["people"],
        badges=tuple(badges),
    )


def _numbers(
    context: Context, mondays: Sequence[date], awarded: sa.Subquery
) -> sa.Select[*tuple[Any, ...]]:
    """Select all numbers of each week; where nothing was done they are 0."""
    named = (sa.select(sa.literal(week_number(day)).label("week")) for day in mondays)
    weeks, done = sa.union_all(*named).subquery(), _done(context, mondays)
    winners = (
        sa.select(
            awarded.c.week,
            sa.func.count(sa.distinct(awarded.c.membership_id)).label("people"),
        )
        .group_by(awarded.c.week)
        .subquery()
    )
    found = [one for one in (*done.c, *winners.c) if one.name != "week"]
    is_free = sa.exists().where(
        FreeWeek.context_id == context.id,
        FreeWeek.membership_id == EVERYBODY,
        FreeWeek.week == weeks.c.week,
    )
    return (
        sa.select(
            weeks.c.week,
            is_free.label("is_free"),
            *(sa.func.coalesce(one, 0).label(one.name) for one in found),
        )
        .select_from(weeks)
        .outerjoin(done, done.c.week == weeks.c.week)
        .outerjoin(winners, winners.c.week == weeks.c.week)
        .order_by(weeks.c.week)
    )


def _done(context: Context, mondays: Sequence[date]) -> sa.Subquery:
    """Select what a course's learners did, by week."""
    week = WeekNumber(Earned.day)
    kinds = (sa.func.count().filter(*_is(kind)).label(_of(kind)) for kind in KINDS)
    days = mondays[0], week_of(mondays[-1])[1]
    weekly = (
        totals(context.id, days=days)
        .add_columns(week.label("week"), *kinds)
        .group_by(week)
        .subquery()
    )
    sums = (
        sa.cast(sa.func.sum(weekly.c[name]), sa.BigInteger).label(name)
        for name in ("events", "score", *map(_of, KINDS))
    )
    return (
        sa.select(
            weekly.c.week,
            sa.func.count().filter(weekly.c.events > 0).label("contributors"),
            *sums,
        )
        .join_from(weekly, Membership, Membership.id == weekly.c.membership_id)
        .where(*RANKED)
        .group_by(weekly.c.week)
        .subquery()
    )


def _is(kind: str) -> list[sa.ColumnElement[bool]]:
    """Hold for the facts of a kind; an excused grade is none."""
    of_kind = [Earned.kind == kind]
    return [*of_kind, Earned.status != "excused"] if kind == GRADED else of_kind


def _of(kind: str) -> str:
    return f"facts_{kind}"


def _awarded(context: Context, mondays: Sequence[date], now: datetime) -> sa.Subquery:
    """Select the learners' awards by week: those that were open when it ended."""
    begins = [begin_of(day, context.zone) for day in (*mondays, mondays[-1] + WEEK)]
    in_week = (
        sa.and_(
            Award.granted_at >= begin, Award.granted_at < end, was_open(min(end, now))
        )
        for begin, end in pairwise(begins)
    )
    week = sa.case(*zip(in_week, map(week_number, mondays), strict=True))
    learners = sa.select(Membership.id).where(
        Membership.context_id == context.id, *RANKED
    )
    return (
        sa.select(Award.membership_id, Award.badge_id, week.label("week"))
        .where(
            Award.context_id == context.id,
            Award.granted_at >= begins[0],
            Award.granted_at < begins[-1],
            Award.membership_id.in_(learners),
        )
        .subquery()
    )


def _badges(session: Session, awarded: sa.Subquery) -> dict[int, list[BadgeCount]]:
    """Return how often which badge was awarded, by the number of the week."""
    version = sa.and_(
        BadgeVersion.badge_id == Badge.id, BadgeVersion.retired_at.is_(None)
    )
    label = (Badge.key, BadgeVersion.label, BadgeVersion.icon)
    rows = session.execute(
        sa.select(awarded.c.week, *label, sa.func.count())
        .join_from(awarded, Badge, Badge.id == awarded.c.badge_id)
        .join(BadgeVersion, version)
        .where(awarded.c.week.is_not(None))
        .group_by(awarded.c.week, Badge.id, BadgeVersion.id)
        .order_by(Badge.position, Badge.id)
    )
    found: dict[int, list[BadgeCount]] = {}
    for week, *of_badge in rows:
        found.setdefault(week, []).append(BadgeCount(*of_badge))
    return found
