"""Weeks that are free end nobody's streak: compared with a count in plain Python."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings.calendar import (
    Rest,
    breaks_of,
    excused_of,
    free_weeks,
    set_breaks,
    set_excused,
    week_number,
)
from gamification.standings.progress import run_until
from models import Membership
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import a_fact
from tests.support.clock import NOW
from tests.support.measuring import weekly_streaks

MONDAY = date(2026, 9, 7)
WEEK = timedelta(days=7)


def work_in(session: Session, member: Membership, weeks: list[int]) -> None:
    facts = [
        a_fact(member, attempt=str(week), occurred_at=noon_of(MONDAY + week * WEEK))
        for week in weeks
    ]
    assert record(session, facts, NOW, environment=False).refused == []


def noon_of(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def longest(worked: set[int], free: set[int]) -> int:
    """Count the same without SQL: try every stretch from one week to another."""
    best = 0
    for first in worked:
        for last in worked:
            stretch = set(range(first, last + 1))
            if len(stretch - worked - free) <= 1:
                best = max(best, len(stretch & worked))
    return best


@pytest.mark.parametrize(
    ("first", "last", "weeks"),
    [
        (date(2026, 9, 7), date(2026, 9, 9), 0),
        (date(2026, 9, 7), date(2026, 9, 10), 1),
        (date(2026, 9, 10), date(2026, 9, 13), 1),
        (date(2026, 9, 11), date(2026, 9, 16), 0),
        (date(2026, 9, 7), date(2026, 9, 20), 2),
        (date(2026, 12, 24), date(2027, 1, 6), 2),
    ],
    ids=[
        "three days",
        "Monday to Thursday",
        "Thursday to Sunday",
        "three days each of two weeks",
        "two weeks",
        "from Thursday over a week to Wednesday",
    ],
)
def test_a_week_is_free_where_most_of_its_days_are(
    first: date, last: date, weeks: int
) -> None:
    rest = Rest(first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    counted = {week_number(day) for day in days}
    most = {week for week in counted if [week_number(d) for d in days].count(week) > 3}

    assert set(free_weeks(rest)) == most
    assert len(most) == weeks


def test_a_break_ends_no_streak_and_is_not_counted(session: Session) -> None:
    ada = a_member(session)
    work_in(session, ada, [0, 1, 4, 5])
    before = weekly_streaks(session, ada.context_id)

    set_breaks(session, ada.context, [Rest(MONDAY + 2 * WEEK, MONDAY + 4 * WEEK)])

    assert before == {ada.id: 2}
    assert weekly_streaks(session, ada.context_id) == {ada.id: 4}
    assert len(breaks_of(session, ada.context_id)) == 1


def test_a_members_leave_is_theirs_alone(session: Session) -> None:
    context = a_context(session)
    ada, ben = (a_member(session, of=context) for _ in range(2))
    for member in (ada, ben):
        work_in(session, member, [0, 3])
    leave = Rest(MONDAY + WEEK, MONDAY + 3 * WEEK)

    set_excused(session, ada, [leave], "iris", NOW)

    assert weekly_streaks(session, context.id) == {ada.id: 2, ben.id: 1}
    assert (excused_of(session, ada), excused_of(session, ben)) == ([leave], [])
    set_excused(session, ada, [], "iris", NOW)
    assert weekly_streaks(session, context.id) == {ada.id: 1, ben.id: 1}


def test_breaks_of_another_course_free_nobody(session: Session) -> None:
    ada = a_member(session)
    work_in(session, ada, [0, 3])

    set_breaks(session, a_context(session), [Rest(MONDAY, MONDAY + 5 * WEEK)])

    assert weekly_streaks(session, ada.context_id) == {ada.id: 1}


weeks = st.sets(st.integers(0, 9), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(worked=weeks, common=st.sets(st.integers(0, 9)), own=st.sets(st.integers(0, 9)))
def test_a_run_that_lasts_is_counted_as_the_longest_one_is(
    worked: set[int], common: set[int], own: set[int]
) -> None:
    free = common | own
    ending = [
        run_until({w for w in worked if w <= week}, free, week) for week in range(10)
    ]

    assert max(ending) == longest(worked, free)
