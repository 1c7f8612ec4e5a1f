"""A new day may bring a badge and take one, without anybody doing anything."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.runs import Unfinished
from jobs.ticks import tick
from models import Award, Context, JobRun
from tests.factories import a_badge, a_context, a_member
from tests.support.clock import Clock
from tests.support.launches import hand_in
from tests.support.triggers import refuse_rows

WEEKLY = {"metric": "events", "at_least": 1, "last_days": 1}


def ticked(app: OpenAPI) -> dict[str, object]:
    with app.app_context():
        return tick()


def a_course(session: Session, zone: str = "UTC", *, enabled: bool = True) -> Context:
    """Build a course whose badge is given for today's work and taken tomorrow."""
    context = a_context(session, time_zone=zone, enabled=enabled)
    a_badge(session, of=context, criterion=WEEKLY, policy="revoke")
    hand_in(session, a_member(session, of=context), times=1)
    session.commit()
    return context


def open_awards(session: Session) -> int:
    session.rollback()
    query = sa.select(sa.func.count()).where(Award.ended_at.is_(None))
    return session.scalar(query) or 0


def test_a_day_is_looked_at_once(app: OpenAPI, session: Session, clock: Clock) -> None:
    a_course(session)
    seen = [(ticked(app), open_awards(session)) for _ in range(2)]
    clock.moment += timedelta(days=1)
    seen += [(ticked(app), open_awards(session)) for _ in range(2)]

    assert seen == [
        ({"courses": 1}, 1),
        ({"courses": 0}, 1),
        ({"courses": 1}, 0),
        ({"courses": 0}, 0),
    ]


def test_the_day_begins_in_the_courses_own_zone(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    clock.moment = clock.moment.replace(hour=10)
    tokyo, here = a_course(session, "Asia/Tokyo"), a_course(session)
    ids = {tokyo.id: "tokyo", here.id: "here"}
    ticked(app)
    clock.moment = clock.moment.replace(hour=16)
    ticked(app)

    session.rollback()
    runs = session.scalars(
        sa.select(JobRun.period).where(JobRun.job == "tick_course").order_by(JobRun.id)
    )
    days = [(ids[int(run.split(":")[0])], run.split(":")[1]) for run in runs]
    today, tomorrow = "2026-11-22", "2026-11-23"
    assert days == [("tokyo", today), ("here", today), ("tokyo", tomorrow)]


def test_a_course_that_time_cannot_move_or_that_is_off_is_left_alone(
    app: OpenAPI, session: Session
) -> None:
    still = a_context(session)
    a_badge(session, of=still, metric="events", threshold=1)
    a_badge(session, of=still, criterion={"metric": "completed", "item": "quiz-1"})
    a_course(session, enabled=False)

    assert ticked(app) == {"courses": 0}


def test_a_course_that_fails_does_not_end_the_day_for_the_others(
    app: OpenAPI, session: Session
) -> None:
    bad, _ = a_course(session), a_course(session)
    session.execute(sa.delete(Award))
    refuse_rows(session, "award", f"NEW.context_id = {bad.id}")
    session.commit()

    with pytest.raises(Unfinished, match="Courses that were not looked at: 1"):
        ticked(app)

    assert open_awards(session) == 1
