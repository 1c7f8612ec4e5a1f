"""One's own standing, and what keeps histograms right."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings import (
    PersonalBest,
    periods_of,
    progress_of,
    refresh,
    set_consent,
    standing_of,
)
from gamification.standings.histogram import recount
from models import Histogram, StreamEvent
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import Act


def test_points_are_shown_whole_and_rounded_down(session: Session, act: Act) -> None:
    member = a_member(session)
    act(member, "graded", score=79_999_000)

    standing = standing_of(session, member)

    assert (standing.points, standing.events, standing.completed) == (3, 0, 0)


def test_who_did_nothing_stands_at_nothing(session: Session) -> None:
    standing = standing_of(session, a_member(session))

    assert (standing.points, standing.events, standing.updated_at) == (0, 0, None)


def test_a_week_and_a_month_stand_for_themselves(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    act(member, "completed")
    act(member, occurred_at=now - timedelta(days=7))
    act(member, "posted", occurred_at=now - timedelta(days=40))
    keys = periods_of(member.context, now)

    points = {
        name: standing_of(session, member, key).points for name, key in keys.items()
    }

    assert keys == {"all": "all", "week": "2026-W47", "month": "2026-11"}
    assert points == {"all": 6, "week": 3, "month": 5}


def test_the_personal_best_is_the_best_week_so_far(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    start = progress_of(session, member, now)[1]
    act(member)
    this_week = progress_of(session, member, now)[1]
    act(member, "completed", occurred_at=now - timedelta(days=7))
    last_week = progress_of(session, member, now)[1]

    assert (start, start.is_now) == (PersonalBest(0, 0, None), False)
    assert (this_week, this_week.is_now) == (PersonalBest(2, 2, "2026-W47"), True)
    assert (last_week, last_week.is_now) == (PersonalBest(2, 3, "2026-W46"), False)


def people_counted(session: Session) -> dict[str, int]:
    rows = session.execute(
        sa.select(Histogram.audience, sa.func.sum(Histogram.people))
        .where(Histogram.period == "all")
        .group_by(Histogram.audience)
    )
    return {audience: int(people) for audience, people in rows}


def test_a_role_or_status_that_changes_moves_the_histogram(
    session: Session, act: Act
) -> None:
    context = a_context(session, board_participation="all")
    people = [a_member(session, of=context) for _ in range(3)]
    for person in people:
        act(person)
    before = people_counted(session)

    people[0].role = "assistant"
    people[1].status = "left"
    refresh(session, context, [person.id for person in people])

    assert before == {"all": 3, "participants": 3}
    assert people_counted(session) == {"all": 1, "participants": 1}


@pytest.mark.parametrize("whole_course", [True, False])
def test_refreshing_equals_recounting(
    session: Session, act: Act, whole_course: bool
) -> None:
    context = a_context(session, board_participation="opt_in")
    people = [a_member(session, of=context) for _ in range(6)]
    for number, person in enumerate(people):
        act(person, "completed", attempt=str(number))
        person.board_consent = (None, True, False)[number % 3]
    people[5].role = "observer"

    refresh(session, context, None if whole_course else [p.id for p in people])

    rows = sa.select(
        Histogram.period, Histogram.audience, Histogram.points, Histogram.people
    )
    refreshed = set(session.execute(rows).all())
    recount(session, context.id)
    assert refreshed == set(session.execute(rows).all())
    assert people_counted(session) == {"all": 5, "participants": 2}


def test_joining_tells_the_course_and_no_name(session: Session, now: datetime) -> None:
    member = a_member(session)

    set_consent(session, member, now, joined=True)

    (event,) = session.scalars(sa.select(StreamEvent)).all()
    assert (event.audience, event.membership_id, event.subject) == ("course", None, {})
