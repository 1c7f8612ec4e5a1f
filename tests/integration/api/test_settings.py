"""A course's settings: read, changed in part, and refused by name."""

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEntry
from tests.factories import a_context
from tests.support.launches import a_caller
from tests.support.programs import problem

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
        "leagues": False,
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

    path = f"{teacher.course}/settings"
    answers = [teacher.send("PUT", path, change) for change, _ in changes]

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
    assert teacher.get(path).json == AS_DELIVERED


def test_a_write_that_is_not_json_is_refused(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")

    answer = client.put(
        f"{teacher.course}/settings",
        data={"enabled": "false"},
        headers={"Authorization": f"Bearer {teacher.token}"},
    )

    assert problem(answer) == (415, "Please send application/json.")
    assert answer.json is not None
    assert answer.json["title"] == "That is not JSON"
    assert teacher.get(f"{teacher.course}/settings").json == AS_DELIVERED


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
