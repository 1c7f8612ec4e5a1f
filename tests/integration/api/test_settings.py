from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.awards import badges_for
from gamification.standings.upkeep import refresh
from jobs import outbox
from jobs.clock import now
from jobs.worker import FOR_A_COURSE
from models import (
    AuditEntry,
    Award,
    Badge,
    Earned,
    Histogram,
    Membership,
    Outbox,
    ShownStanding,
    Standing,
)
from models.db import db
from tests.factories import POINT, a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON
from tests.support.clock import NOW
from tests.support.launches import a_caller, a_live_course, hand_in

RECOUNTED = "being counted anew"
NO_ZONE = "this is not an IANA time zone such as Europe/Berlin"
AS_DELIVERED = {
    "enabled": True,
    "board": {
        "enabled": False,
        "identity": "alias",
        "rank": "absolute",
        "span": {"neighbours": 2, "top": 3},
        "participation": "opt_in",
        "minimum": 0,
        "lists": False,
    },
    "time_zone": "UTC",
    "term": {"start": None, "end": None},
    "locked": [],
}


def test_what_is_read_can_be_sent_back_and_changes_nothing(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")
    read = teacher.get(f"{teacher.course}/settings").json

    answer = teacher.send("PUT", f"{teacher.course}/settings", read)

    assert answer.json == read == AS_DELIVERED
    assert session.scalars(sa.select(AuditEntry)).all() == []


def test_sending_back_what_was_read_pins_no_zone(
    client: FlaskClient, session: Session
) -> None:
    course = a_context(session)
    teacher = a_caller(session, client, of=course, role="instructor")
    path = f"{teacher.course}/settings"

    read: Any = teacher.get(path).json
    teacher.send("PUT", path, {**read, "enabled": False})
    course.tenant.time_zone = "Europe/Vienna"
    session.commit()

    followed: Any = teacher.get(path).json
    changed: Any = teacher.send("PUT", path, {"time_zone": "Asia/Tokyo"}).json
    zones = (read["time_zone"], followed["time_zone"], changed["time_zone"])
    assert zones == ("UTC", "Europe/Vienna", "Asia/Tokyo")


def test_what_is_named_changes_and_the_rest_stays(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")

    answer = teacher.send(
        "PUT",
        f"{teacher.course}/settings",
        {
            "board": {"enabled": True, "span": {"top": 5}},
            "term": {"start": "2026-09-01", "end": "2027-02-01"},
        },
    )

    board = {**AS_DELIVERED["board"], "enabled": True}  # type: ignore[dict-item] # a literal above
    expected = {
        **AS_DELIVERED,
        "board": {**board, "span": {"neighbours": 2, "top": 5}},
        "term": {"start": "2026-09-01", "end": "2027-02-01"},
    }
    assert answer.json == expected
    assert teacher.get(f"{teacher.course}/settings").json == expected
    assert [e.action for e in session.scalars(sa.select(AuditEntry))] == [
        "settings_changed"
    ]


def test_a_setting_that_makes_no_sense_is_refused_by_name(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")
    changes: list[tuple[object, str]] = [
        ({"enabled": "yes"}, "enabled: Input should be a valid boolean"),
        (
            {"board": {"span": {"top": 51}}},
            "board.span.top: Input should be less than or equal to 50",
        ),
        (
            {"board": {"identity": "e-mail"}},
            "board.identity: Input should be 'alias' or 'name'",
        ),
        ({"points": 3}, "points: Extra inputs are not permitted"),
        ({"time_zone": "Mars/Olympus"}, f"time_zone: Value error, {NO_ZONE}"),
        ({"time_zone": "\x00"}, f"time_zone: Value error, {NO_ZONE}"),
        (
            {"term": {"start": "2026-09-01", "end": "2026-08-01"}},
            "term: Value error, the term ends before it starts",
        ),
        ([], "body: Input should be a valid dictionary or instance of SettingsChange"),
        ("x", "body: Invalid JSON: expected value at line 1 column 1"),
    ]

    answers = [
        teacher.send("PUT", f"{teacher.course}/settings", change)
        for change, _ in changes
    ]

    assert [answer.json for answer in answers] == [
        {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": fault,
        }
        for _, fault in changes
    ]
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    assert teacher.get(f"{teacher.course}/settings").json == AS_DELIVERED


def test_a_write_that_is_not_json_is_refused(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")

    answer = client.put(
        f"{teacher.course}/settings",
        data={"enabled": "false"},
        headers={"Authorization": f"Bearer {teacher.token}"},
    )

    assert answer.status_code == 415
    assert teacher.get(f"{teacher.course}/settings").json == AS_DELIVERED


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


def work_off(app: OpenAPI) -> None:
    """Do what the outbox holds, until it holds nothing."""
    with app.app_context():
        while rows := outbox.take(db.session(), now()):
            for row in rows:
                outbox.run(row, FOR_A_COURSE)


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


def test_the_same_decision_twice_is_one_change(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")
    change = {"board": {"minimum": 5, "lists": True}}

    answers: list[Any] = [
        teacher.send("PUT", f"{teacher.course}/settings", change).json for _ in range(2)
    ]

    decided = [(one["board"]["minimum"], one["board"]["lists"]) for one in answers]
    assert decided == [(5, True)] * 2
    assert [e.action for e in session.scalars(sa.select(AuditEntry))] == [
        "settings_changed"
    ]
