"""A course's week in a few numbers, by the same metrics as everything else."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog import adopt, load
from gamification.standings import BadgeCount, Digest, digest
from gamification.switches import Switch
from models import Award
from tests.factories import a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.launches import CATALOG

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
"""The Monday of the week that `now` lies in."""


def test_the_digest_counts_people_acts_points_and_awards(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_context(session)
    adopt(session, course, load(CATALOG), now)
    ada, ben = (a_member(session, of=course) for _ in range(2))
    a_member(session, of=course)
    for item in (an_item(session, of=course), an_item(session, of=course)):
        act(ada, item=item)
    act(ben, "completed", an_item(session, of=course))

    found = digest(session, course, now, switch=ON)

    assert found == Digest(
        week="2026-W47",
        first=date(2026, 11, 16),
        last=date(2026, 11, 22),
        is_free=False,
        contributors=2,
        events=3,
        points=7,
        facts={"submitted": 2, "completed": 1},
        people=2,
        badges=(BadgeCount("first_contribution", "First contribution", "🌱", 2),),
    )


def test_a_grade_alone_does_not_make_somebody_active(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_context(session)
    ada, ben = (a_member(session, of=course) for _ in range(2))
    essay = an_item(session, of=course)
    act(ada, "graded", essay)
    act(ben, "graded", essay)
    act(ben, item=essay)

    found = digest(session, course, now, switch=ON)

    assert found is not None
    assert (found.contributors, found.events) == (1, 1)


def test_the_week_begins_on_monday_in_the_courses_zone(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_context(session, time_zone="Asia/Tokyo")
    ada = a_member(session, of=course)
    item = an_item(session, of=course)
    midnight = MONDAY - timedelta(hours=9)
    act(ada, item=item, occurred_at=midnight - timedelta(seconds=1), attempt="1")
    act(ada, item=item, occurred_at=midnight, attempt="2")

    found = digest(session, course, now, switch=ON)

    assert found is not None
    assert (found.events, found.points) == (1, 2)


def test_last_weeks_awards_and_those_that_are_over_are_left_out(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_context(session)
    adopt(session, course, load(CATALOG), now)
    ada, ben = (a_member(session, of=course) for _ in range(2))
    act(ada)
    act(ben)
    of_ada = sa.update(Award).where(Award.membership_id == ada.id)
    session.execute(of_ada.values(granted_at=MONDAY - timedelta(seconds=1)))
    of_ben = sa.update(Award).where(Award.membership_id == ben.id)
    session.execute(of_ben.values(ended_at=now))

    found = digest(session, course, now, switch=ON)

    assert found is not None
    assert (found.people, found.badges, found.contributors) == (0, (), 2)


def test_who_left_and_who_teaches_is_not_counted(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_context(session)
    adopt(session, course, load(CATALOG), now)
    ada, cleo = (
        a_member(session, of=course),
        a_member(session, of=course, role="instructor"),
    )
    act(ada)
    act(cleo)
    ada.status = "left"
    session.flush()

    found = digest(session, course, now, switch=ON)

    assert found is not None
    assert (found.contributors, found.events, found.people) == (0, 0, 0)


@pytest.mark.parametrize("off", ["environment", "tenant", "course"])
def test_there_is_no_digest_while_a_switch_is_off(
    session: Session, now: datetime, statements: Counting, off: str
) -> None:
    course = a_context(session)
    states = {"environment": True, "tenant": True, "course": True, off: False}

    with statements() as seen:
        found = digest(session, course, now, switch=Switch(**states))

    assert (found, seen) == (None, [])


def test_a_digest_costs_the_same_for_one_person_and_for_many(
    session: Session, now: datetime, act: Act, statements: Counting
) -> None:
    course = a_context(session)
    adopt(session, course, load(CATALOG), now)
    costs = []

    for _ in range(3):
        act(a_member(session, of=course))
        with statements() as seen:
            digest(session, course, now, switch=ON)
        costs.append(len(seen))

    assert costs == [2, 2, 2]
