"""What a change of a course's settings sets going."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.awards import badges_for
from gamification.standings.upkeep import refresh
from models import (
    Award,
    Badge,
    Earned,
    Histogram,
    Membership,
    Outbox,
    ShownStanding,
    Standing,
)
from tests.factories import POINT, a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON
from tests.support.clock import NOW
from tests.support.launches import a_caller, a_live_course, hand_in
from tests.support.waiting import work_off

RECOUNTED = "being counted anew"


def test_a_course_that_is_turned_on_gets_its_badges_and_is_looked_at(
    client: FlaskClient, session: Session
) -> None:
    course = a_context(
        session, enabled=False, memberships_url="https://lms.example/members"
    )
    teacher = a_caller(session, client, of=course, role="instructor")

    answer = teacher.send("PUT", f"{teacher.course}/settings", {"enabled": True})

    assert answer.status_code == 200
    assert (
        len(session.scalars(sa.select(Badge).filter_by(context_id=course.id)).all())
        == 5
    )
    waiting = session.scalars(sa.select(Outbox.job).order_by(Outbox.job))
    assert waiting.all() == ["evaluate_course", "sync_course_now"]


def test_a_course_that_stays_off_by_another_switch_gets_nothing(
    client: FlaskClient, session: Session
) -> None:
    course = a_context(session, enabled=False)
    course.tenant.enabled = False
    teacher = a_caller(session, client, of=course, role="instructor")

    answer = teacher.send("PUT", f"{teacher.course}/settings", {"enabled": True})

    assert answer.status_code == 200
    assert session.scalars(sa.select(Badge)).all() == []
    assert session.scalars(sa.select(Outbox)).all() == []


def test_another_participation_counts_people_where_they_belong_now(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course)
    hand_in(session, ada, times=1)
    refresh(session, course)
    teacher = a_caller(session, client, of=course, role="instructor")
    counted = sa.select(Histogram.people).filter_by(
        context_id=course.id, period="all", audience="participants"
    )
    before = session.scalars(counted).all()
    session.commit()

    teacher.send(
        "PUT", f"{teacher.course}/settings", {"board": {"participation": "all"}}
    )

    assert (before, session.scalars(counted).all()) == ([], [1])


def test_another_zone_moves_the_days_a_moment_later(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course)
    hand_in(session, ada, times=1)
    learner = a_caller(session, client, member=ada)
    teacher = a_caller(session, client, of=course, role="instructor")

    teacher.send(
        "PUT", f"{teacher.course}/settings", {"time_zone": "Pacific/Kiritimati"}
    )

    weeks = sa.select(Standing.period, Standing.points).where(
        Standing.period.like("%-W%")
    )
    before, said = session.execute(weeks).all(), teacher.get("/panel/manage").text
    told = learner.get("/panel/overview").text
    hand_in(session, ada, times=1)
    session.commit()
    work_off(app)
    after = session.execute(weeks).all()

    assert before == [("2026-W47", 2 * POINT)]
    assert RECOUNTED in said
    assert RECOUNTED in told
    assert after == [("2026-W48", 4 * POINT)]
    assert RECOUNTED not in teacher.get("/panel/manage").text
    assert RECOUNTED not in learner.get("/panel/overview").text
    answer = learner.get("/api/me/badges").json
    assert answer is not None
    assert [badge["progress"] for badge in answer["badges"]] == [1, 4, 4, 2, 1]


def test_days_of_two_zones_never_add_up_to_a_badge(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_context(session)
    a_badge(session, of=course, metric="active_days", threshold=2)
    ada = a_member(session, of=course)
    teacher = a_caller(session, client, of=course, role="instructor")
    late = NOW.replace(day=21, hour=23, minute=30)

    post(session, ada, at=late)
    teacher.send("PUT", f"{teacher.course}/settings", {"time_zone": "Europe/Berlin"})
    post(session, ada, at=late + timedelta(minutes=5))
    (between,) = badges_for(session, ada, NOW, switch=ON).badges
    session.commit()
    work_off(app)

    (after,) = badges_for(session, ada, NOW, switch=ON).badges
    assert (between.progress, after.progress) == (1, 1)
    assert session.scalars(sa.select(Award)).all() == []
    assert set(session.scalars(sa.select(Earned.day))) == {NOW.date()}


def post(session: Session, member: Membership, *, at: datetime) -> None:
    fact = Fact(
        context_id=member.context_id,
        membership_id=member.id,
        kind="posted",
        occurred_at=at,
        source="test",
        attempt=at.isoformat(),
    )
    assert record(session, [fact], NOW, environment=True).new == 1
    session.commit()


def test_what_a_board_shows_is_kept_apart_as_long_as_there_is_one(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    hand_in(session, a_member(session, of=course, board_consent=True), times=1)
    teacher = a_caller(session, client, of=course, role="instructor")
    kept = []

    for board in (
        {"enabled": True},
        {"identity": "name"},
        {"identity": "alias"},
        {"enabled": False},
    ):
        teacher.send("PUT", f"{teacher.course}/settings", {"board": board})
        session.rollback()
        rows = session.scalars(sa.select(ShownStanding.points).distinct()).all()
        kept.append((course.board_shown_at is not None, list(rows)))

    shown = (True, [2 * POINT])
    assert kept == [shown, shown, shown, (False, [])]
