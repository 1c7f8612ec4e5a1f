"""Programs that ask by an API key: what it opens, for how long, and how often."""

import logging
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.standings import set_name_consent
from jobs import api_keys
from jobs.api_keys import (
    AWARDS_WRITE,
    COURSES_READ,
    EVENTS_WRITE,
    OVERLAP,
    PEOPLE_READ,
    Wanted,
)
from models import (
    ApiKey,
    AuditEntry,
    Context,
    Deployment,
    Membership,
    Registration,
)
from tests.integration.api.conftest import a_board, awards, helper_for
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_live_course, hand_in
from tests.support.programs import a_key, a_program
from views import keys

NOBODY = "An API key is nobody: only the launch of a person may ask for this."


def problem(answer: Any) -> tuple[int, str]:  # noqa: ANN401 -- an answer of the client
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.json["detail"]


def test_a_key_is_kept_as_a_hash_and_its_making_is_in_the_audit(
    session: Session, course: Context
) -> None:
    key, secret = a_key(session, course, EVENTS_WRITE, COURSES_READ)

    kept = session.execute(sa.select(ApiKey.__table__)).mappings().one()
    entry = session.scalars(sa.select(AuditEntry)).one()
    assert secret.startswith("laurel_")
    assert kept["key_hash"] == sha256(secret.encode()).hexdigest()
    assert secret not in str(dict(kept)) + str(entry.details)
    assert (entry.action, entry.tenant_id) == ("api_key_created", course.tenant_id)
    assert entry.details == {
        "key": key.public_id,
        "by": "operator",
        "permissions": ["courses:read", "events:write"],
    }


@pytest.mark.parametrize("permissions", [(), ("courses:read", "world:rule")])
def test_a_key_has_some_of_the_permissions_there_are(
    permissions: tuple[str, ...], session: Session, course: Context
) -> None:
    wanted = Wanted(name="any", permissions=permissions, expires_at=NOW)

    with pytest.raises(ValueError, match="courses:read, people:read, events:write"):
        api_keys.create(session, course.tenant, wanted, NOW)


def test_a_key_lasts_until_it_expires(
    client: FlaskClient, session: Session, course: Context, clock: Clock
) -> None:
    program = a_program(session, client, course, COURSES_READ)
    path = f"{program.course}/badges"

    clock.advance(timedelta(days=30, seconds=-1))
    before = program.get(path).status_code
    clock.advance(timedelta(seconds=1))

    assert (before, program.get(path).status_code) == (200, 401)


def test_a_revoked_key_opens_nothing_from_then_on(
    client: FlaskClient, session: Session, course: Context
) -> None:
    key, secret = a_key(session, course)
    program = Caller(client, secret, course.public_id)
    before = program.get(f"{program.course}/badges").status_code

    assert api_keys.revoke(session, key, NOW)
    assert not api_keys.revoke(session, key, NOW)
    session.commit()

    actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))
    assert (before, program.get(f"{program.course}/badges").status_code) == (200, 401)
    assert list(actions) == ["api_key_created", "api_key_revoked"]


def test_a_replaced_key_opens_for_another_day(
    client: FlaskClient, session: Session, course: Context, clock: Clock
) -> None:
    key, secret = a_key(session, course, COURSES_READ)
    later = NOW + timedelta(days=60)
    new, another = api_keys.rotate(session, key, later, NOW)
    session.commit()
    both = [Caller(client, word, course.public_id) for word in (secret, another)]

    at_once = [one.get(f"{one.course}/badges").status_code for one in both]
    clock.advance(OVERLAP)
    then = [one.get(f"{one.course}/badges").status_code for one in both]

    assert (at_once, then) == ([200, 200], [401, 200])
    assert (new.name, new.permissions) == ("timetable", [COURSES_READ])
    with pytest.raises(ValueError, match="over"):
        api_keys.rotate(session, key, later, NOW + OVERLAP)


@pytest.mark.parametrize("place", [Registration, Deployment])
def test_a_key_does_not_outlive_its_platform(
    place: type[Registration | Deployment],
    client: FlaskClient,
    session: Session,
    course: Context,
    ada: Membership,
) -> None:
    program = a_program(session, client, course)
    session.execute(sa.update(place).values(state="disabled"))
    session.commit()

    answers = [
        program.get(f"{program.course}/members"),
        program.send("POST", f"{program.course}/awards", helper_for(ada)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert awards(session) == []


def test_a_key_has_no_me_and_is_told_so(
    client: FlaskClient, session: Session, course: Context
) -> None:
    program = a_program(session, client, course)

    answers = [
        problem(program.get(path))
        for path in ("/api/v1/me", "/api/me/badges", "/api/v1/me/standing")
    ]
    renewed = problem(program.send("POST", "/api/session"))

    assert [*answers, renewed] == [(403, NOBODY)] * 4


def test_a_missing_permission_is_named(
    client: FlaskClient, session: Session, course: Context
) -> None:
    program = a_program(session, client, course, COURSES_READ)

    answer = program.get(f"{program.course}/members")

    assert problem(answer) == (
        403,
        "This API key lacks the permission people:read: ask for one that has it.",
    )


def test_a_page_is_no_place_for_a_key(
    client: FlaskClient, session: Session, course: Context
) -> None:
    program = a_program(session, client, course)

    assert program.get("/panel/overview").status_code == 403


def test_a_key_reads_the_badges_that_can_be_earned_and_nobodys_progress(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    program = a_program(session, client, course, COURSES_READ)

    answer: Any = program.get(f"{program.course}/badges").json

    badges = {one["key"]: one for one in answer["items"]}
    assert len(badges) == 5
    contributor = badges["contributor"]
    assert (contributor["criterion"], contributor["threshold"]) == (
        "Earn 25 points",
        25,
    )
    assert not any(one["earned"] or one["progress"] for one in badges.values())


def test_a_key_reads_the_board_by_alias_alone(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session, board_identity="name")
    for member in members:
        set_name_consent(session, member, NOW, named=True)
    program = a_program(session, client, members[0].context, COURSES_READ)

    answer: Any = program.get(f"{program.course}/leaderboard").json

    assert answer["state"] == "ready"
    assert [row["name"] for row in answer["items"]] == ["Alias 5", "Alias 4", "Alias 3"]
    assert not any(row["me"] or "user_id" in row for row in answer["items"])


def test_a_course_that_is_off_offers_a_key_no_badges(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, enabled=False)
    program = a_program(session, client, course, COURSES_READ)

    assert program.get(f"{program.course}/badges").json == {"items": [], "next": None}


def test_a_key_reads_the_class_by_name(
    client: FlaskClient, session: Session, course: Context, ada: Membership
) -> None:
    program = a_program(session, client, course, PEOPLE_READ)

    answer: Any = program.get(f"{program.course}/members").json

    assert [row["name"] for row in answer["items"]] == ["Ada"]


def test_what_a_key_gives_and_takes_is_the_keys_word(
    client: FlaskClient, session: Session, course: Context, ada: Membership
) -> None:
    key, secret = a_key(session, course, AWARDS_WRITE)
    program = Caller(client, secret, course.public_id)

    given: Any = program.send("POST", f"{program.course}/awards", helper_for(ada))
    path = f"{program.course}/awards/{given.json['id']}"
    taken: Any = program.send("DELETE", path, {"reason": "by mistake"})

    assert (given.status_code, taken.status_code) == (201, 200)
    assert given.json["evidence"] == {"by": key.public_id, "role": "key"}
    assert taken.json["ended_by"] == key.public_id
    session.rollback()
    said = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action.startswith("award_"))
    ).all()
    assert {(one.details["by"], one.details["role"]) for one in said} == {
        (key.public_id, "key")
    }


def test_a_write_of_a_key_that_is_sent_twice_is_done_once(
    client: FlaskClient, session: Session, course: Context, ada: Membership
) -> None:
    program = a_program(session, client, course, AWARDS_WRITE)
    other = a_program(session, client, course, AWARDS_WRITE)
    path, word = f"{program.course}/awards", {"Idempotency_Key": "one"}

    first = program.send("POST", path, helper_for(ada), **word)
    again = program.send("POST", path, helper_for(ada), **word)
    another = program.send("POST", path, helper_for(ada, reason="other"), **word)
    theirs = other.send("POST", path, helper_for(ada), **word)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert (another.status_code, theirs.status_code) == (422, 200)
    assert len(awards(session)) == 1


def test_a_key_that_asks_too_often_has_to_wait(
    client: FlaskClient,
    session: Session,
    course: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "PER_MINUTE", 3)
    program = a_program(session, client, course)
    other = a_program(session, client, course)
    paths = [f"{program.course}/{name}" for name in ("badges", "members", "settings")]

    answers = [program.get(path).status_code for path in paths]
    over = program.get(paths[0])

    assert answers == [200, 200, 200]
    assert problem(over)[0] == 429
    assert 0 < int(over.headers["Retry-After"]) <= 60
    assert other.get(paths[0]).status_code == 200


def test_a_write_counts_once(
    client: FlaskClient,
    session: Session,
    course: Context,
    ada: Membership,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "PER_MINUTE", 2)
    program = a_program(session, client, course)
    path = f"{program.course}/awards"

    answers = [
        program.send("POST", path, helper_for(ada)).status_code for _ in range(3)
    ]

    assert answers == [201, 200, 429]


def test_people_are_not_counted(
    teacher: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "PER_MINUTE", 1)

    answers = {teacher.get(f"{teacher.course}/badges").status_code for _ in range(5)}

    assert answers == {200}


def test_the_last_use_of_a_key_is_noted_to_the_hour(
    client: FlaskClient, session: Session, course: Context, clock: Clock
) -> None:
    program = a_program(session, client, course)

    def used() -> timedelta | None:
        program.get(f"{program.course}/badges").close()
        session.rollback()
        noted = session.scalars(sa.select(ApiKey.last_used_at)).one()
        return None if noted is None else noted - NOW

    first = used()
    clock.advance(timedelta(minutes=59))
    soon = used()
    clock.advance(timedelta(minutes=1))

    assert (first, soon, used()) == (timedelta(), timedelta(), timedelta(hours=1))


def test_a_key_is_in_no_log(
    client: FlaskClient,
    session: Session,
    course: Context,
    ada: Membership,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    program = a_program(session, client, course)

    hand_in(session, ada, times=1)
    session.commit()
    program.get(f"{program.course}/awards")
    program.get("/api/v1/me")

    assert program.token not in caplog.text


def test_a_key_makes_no_cookie_and_lets_no_page_frame_its_answer(
    app: OpenAPI, client: FlaskClient, session: Session, course: Context
) -> None:
    program = a_program(session, client, course)

    answer = program.get(f"{program.course}/badges")

    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
