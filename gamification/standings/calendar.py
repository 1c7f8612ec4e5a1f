"""Weeks without duty: a course's breaks, and a member's leave, which is told to nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import CalendarBreak, Context, ExcusedPeriod, FreeWeek, Membership
from models.locks import lock_course
from models.progress import EVERYBODY

FIRST_MONDAY = date(1970, 1, 5)
HALF = timedelta(days=3)


@dataclass(frozen=True, order=True)
class Rest:
    """Some days in a row, the first and the last of them included."""

    first: date
    last: date
    name: str = ""


def free_weeks(rest: Rest) -> range:
    """Return the numbers of the weeks of which most days, four or more, are in it."""
    if rest.last - rest.first < HALF:
        return range(0)
    return range(week_number(rest.first + HALF), week_number(rest.last - HALF) + 1)


def week_number(day: date) -> int:
    """Return the number of the week of a day, as streaks count them."""
    return (day - FIRST_MONDAY).days // 7


def breaks_of(session: Session, context_id: int) -> list[Rest]:
    """Return a course's breaks, the earliest first."""
    query = sa.select(
        CalendarBreak.first_day, CalendarBreak.last_day, CalendarBreak.name
    ).where(CalendarBreak.context_id == context_id)
    return sorted(Rest(*row) for row in session.execute(query))


def set_breaks(session: Session, context: Context, rests: Sequence[Rest]) -> None:
    """Let these be all of a course's breaks. Locks the course."""
    lock_course(session, context.id)
    session.execute(
        sa.delete(CalendarBreak).where(CalendarBreak.context_id == context.id)
    )
    rows = [
        {
            "context_id": context.id,
            "name": rest.name,
            "first_day": rest.first,
            "last_day": rest.last,
        }
        for rest in sorted(set(rests))
    ]
    if rows:
        session.execute(sa.insert(CalendarBreak), rows)
    _free(session, context.id, EVERYBODY, rests)


def excused_of(session: Session, member: Membership) -> list[Rest]:
    """Return the days on which a member need not work, the earliest first."""
    query = sa.select(ExcusedPeriod.first_day, ExcusedPeriod.last_day).where(
        ExcusedPeriod.membership_id == member.id
    )
    return sorted(Rest(*row) for row in session.execute(query))


def set_excused(
    session: Session, member: Membership, rests: Sequence[Rest], by: str, now: datetime
) -> None:
    """Let these be all the days on which a member need not work. Locks the course.

    `by` is our id of the person who says so; why is not asked.
    """
    lock_course(session, member.context_id)
    owner = {"context_id": member.context_id, "membership_id": member.id}
    session.execute(
        sa.delete(ExcusedPeriod).where(ExcusedPeriod.membership_id == member.id)
    )
    rows = [
        {
            **owner,
            "first_day": rest.first,
            "last_day": rest.last,
            "made_by": by,
            "created_at": now,
        }
        for rest in sorted(set(rests))
    ]
    if rows:
        session.execute(sa.insert(ExcusedPeriod), rows)
    _free(session, member.context_id, member.id, rests)


def free_anew(session: Session, context_id: int, members: Iterable[int]) -> None:
    """Derive anew which weeks are free for some members, after their leave moved."""
    for member in members:
        query = sa.select(ExcusedPeriod.first_day, ExcusedPeriod.last_day).where(
            ExcusedPeriod.membership_id == member
        )
        rests = [Rest(*row) for row in session.execute(query)]
        _free(session, context_id, member, rests)


def weeks_free_for(session: Session, member: Membership) -> set[int]:
    """Return the numbers of the weeks in which a member had no duty."""
    query = sa.select(FreeWeek.week).where(
        FreeWeek.context_id == member.context_id,
        FreeWeek.membership_id.in_((EVERYBODY, member.id)),
    )
    return set(session.scalars(query))


def _free(
    session: Session, context_id: int, member_id: int, rests: Iterable[Rest]
) -> None:
    """Write down anew which weeks are free for everybody, or for one member."""
    owner = {"context_id": context_id, "membership_id": member_id}
    session.execute(sa.delete(FreeWeek).filter_by(**owner))
    weeks = {week for rest in rests for week in free_weeks(rest)}
    if weeks:
        rows = [{**owner, "week": week} for week in sorted(weeks)]
        session.execute(sa.insert(FreeWeek), rows)
