"""Random work, breaks and leave: SQL counts the weeks that plain Python counts."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings.calendar import week_number
from gamification.standings.progress import run_until
from models import FreeWeek
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import a_fact
from tests.support.clock import NOW
from tests.support.measuring import weekly_streaks

MONDAY = date(2026, 9, 7)
WEEKS = st.sets(st.integers(0, 9), max_size=8)
numbers = count()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(WEEKS, WEEKS), min_size=1, max_size=3), WEEKS)
def test_streaks_over_free_weeks_are_those_of_a_plain_count(
    session: Session, people: list[tuple[set[int], set[int]]], common: set[int]
) -> None:
    context = a_context(session)
    zero = week_number(MONDAY)
    expected, runs = {}, {}
    free = [(0, week) for week in common]
    for worked, own in people:
        member = a_member(session, of=context)
        facts = [
            a_fact(member, attempt=str(next(numbers)), occurred_at=noon_of(week))
            for week in worked
        ]
        record(session, facts, NOW, environment=False)
        free += [(member.id, week) for week in own]
        if worked:
            expected[member.id] = longest(worked, common | own)
            runs[member.id] = max(
                run_until({one for one in worked if one <= week}, common | own, week)
                for week in worked
            )
    rows = [
        {"context_id": context.id, "membership_id": member, "week": zero + week}
        for member, week in free
    ]
    if rows:
        session.execute(sa.insert(FreeWeek), rows)

    assert weekly_streaks(session, context.id) == expected == runs


def noon_of(week: int) -> datetime:
    day = MONDAY + timedelta(days=7 * week + week % 7)
    return datetime.combine(day, time(12), UTC)


def longest(worked: set[int], free: set[int]) -> int:
    best = 0
    for first in worked:
        for last in worked:
            stretch = set(range(first, last + 1))
            if len(stretch - worked - free) <= 1:
                best = max(best, len(stretch & worked))
    return best
