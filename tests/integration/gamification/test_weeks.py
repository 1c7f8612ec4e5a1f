"""A course's weeks, one after the other: every figure of six that are known."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from gamification.standings import (
    BadgeCount,
    Digest,
    NoSuchPeriod,
    Weeks,
    digest,
    digests,
)
from gamification.standings.calendar import Rest, set_breaks
from gamification.switches import Switch
from models import Context
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.awarding import an_award

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = Rest(date(2026, 11, 2), date(2026, 11, 8), "Autumn")
SIX = Weeks(6)


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def course(session: Session, act: Act) -> Context:
    """Build a course of known weeks; in the third of them summer time has ended."""
    course = a_context(session, time_zone="Europe/Berlin")
    set_breaks(session, course, [AUTUMN])
    ada, ben, cleo = (a_member(session, of=course) for _ in range(3))
    essay, quiz, poem = (an_item(session, of=course) for _ in range(3))
    act(ada, item=essay, occurred_at=at(10, 14))
    act(ben, "completed", essay, occurred_at=at(10, 14))
    act(ada, item=quiz, occurred_at=at(10, 25, 23, 30))
    act(ada, item=poem, occurred_at=at(10, 26, 0, 30))
    act(ben, "graded", poem, occurred_at=at(10, 28))
    act(cleo, "graded", poem, occurred_at=at(10, 28), status="excused")
    act(ben, "posted", occurred_at=at(11, 4))
    act(cleo, "completed", quiz, occurred_at=at(11, 17))
    act(a_member(session, of=course, role="instructor"), occurred_at=at(11, 17))
    act(a_member(session, of=course, status="left"), occurred_at=at(11, 17))
    keen, helper = (a_badge(session, of=course, key=key) for key in ("keen", "helper"))
    an_award(session, ada, keen, at(10, 14)).ended_at = at(10, 18)
    an_award(session, ben, keen, at(10, 25, 23, 30)).ended_at = at(11, 20)
    an_award(session, ada, keen, at(10, 26, 0, 30))
    an_award(session, ada, helper, at(10, 27))
    an_award(session, cleo, helper, at(10, 28)).expires_at = at(11, 5)
    session.flush()
    return course


def figures(found: Digest) -> tuple[object, ...]:
    badges = [(badge.key, badge.awards) for badge in found.badges]
    numbers = (found.contributors, found.events, found.points, found.people)
    return (found.week, found.is_free, *numbers, dict(found.facts), badges)


def test_six_weeks_are_told_from_the_oldest_to_the_newest(
    session: Session, now: datetime, course: Context
) -> None:
    found = digests(session, course, now, switch=ON, weeks=SIX)

    assert [figures(week) for week in found] == [
        ("2026-W42", False, 2, 2, 5, 0, {"submitted": 1, "completed": 1}, []),
        ("2026-W43", False, 1, 1, 2, 1, {"submitted": 1}, [("keen", 1)]),
        (
            *("2026-W44", False, 1, 1, 7, 2, {"submitted": 1, "graded": 1}),
            [("keen", 1), ("helper", 2)],
        ),
        ("2026-W45", True, 1, 1, 1, 0, {"posted": 1}, []),
        ("2026-W46", False, 0, 0, 0, 0, {}, []),
        ("2026-W47", False, 1, 1, 3, 0, {"completed": 1}, []),
    ]
    days = [(week.first, week.last) for week in found]
    assert days[0] == (date(2026, 10, 12), date(2026, 10, 18))
    assert days[-1] == (date(2026, 11, 16), date(2026, 11, 22))
    assert found[1].badges == (BadgeCount("keen", "Keen", "🏅", 1),)


def test_any_past_week_is_told_as_it_is_in_a_row(
    session: Session, now: datetime, course: Context
) -> None:
    six = digests(session, course, now, switch=ON, weeks=SIX)

    one_by_one = [
        digests(session, course, now, switch=ON, weeks=Weeks(1, week.week))
        for week in six
    ]
    some = digests(session, course, now, switch=ON, weeks=Weeks(3, "2026-W45"))

    assert one_by_one == [[week] for week in six]
    assert some == six[1:4]
    assert digest(session, course, now, switch=ON) == six[-1]


@pytest.mark.parametrize(
    "until", ["2026-W48", "2026-11", "2026-W99", "1969-W50", "nonsense"]
)
def test_a_week_that_is_none_or_has_not_begun_is_refused(
    session: Session, now: datetime, course: Context, until: str
) -> None:
    with pytest.raises(NoSuchPeriod, match="the running week or a past one"):
        digests(session, course, now, switch=ON, weeks=Weeks(1, until))


def test_another_course_is_in_none_of_the_numbers(
    session: Session, now: datetime, course: Context
) -> None:
    beside = a_context(session, registration=course.registration)

    found = digests(session, beside, now, switch=ON, weeks=SIX)

    nothing: tuple[object, ...] = (False, 0, 0, 0, 0, {}, [])
    assert [figures(week)[1:] for week in found] == [nothing] * 6


def test_off_there_are_no_weeks(
    session: Session, now: datetime, course: Context
) -> None:
    off = Switch(environment=True, tenant=True, course=False)

    assert digests(session, course, now, switch=off, weeks=SIX) == []


def test_weeks_and_people_do_not_add_to_the_cost(
    session: Session,
    now: datetime,
    act: Act,
    course: Context,
    statements: Counting,
) -> None:
    costs = []

    for number in (1, 3, 60):
        act(a_member(session, of=course), occurred_at=now - timedelta(weeks=number - 1))
        with statements() as seen:
            found = digests(session, course, now, switch=ON, weeks=Weeks(number))
        costs.append((len(found), len(seen)))

    assert costs == [(1, 2), (3, 2), (60, 2)]
