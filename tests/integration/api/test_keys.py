"""API keys: how they are kept, how long they open, and how often."""

import logging
from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import api_keys
from jobs.api_keys import COURSES_READ, EVENTS_WRITE, OVERLAP, Wanted
from models import ApiKey, AuditEntry, Context, Deployment, Membership, Registration
from tests.integration.api.conftest import awards, helper_for
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, hand_in
from tests.support.programs import a_key, a_program, problem
from views import keys


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


def test_a_program_is_told_of_keys_and_not_to_open_a_course(
    client: FlaskClient, session: Session, course: Context
) -> None:
    program = a_program(session, client, course)
    stranger = Caller(client, "laurel_nobody", course.public_id)

    nowhere = [
        program.get(f"/api/v1/courses/{name}/badges") for name in ("none", "a/b")
    ]
    nobody = [
        stranger.get(f"{stranger.course}/badges"),
        client.get(f"{stranger.course}/badges"),
    ]
    over = Caller(client, "a-launch-that-is-over", course.public_id)
    keyless = client.get("/api/v1/nope")

    assert {problem(one)[0] for one in nowhere} == {404}
    assert {one.get_json()["detail"] for one in nowhere} == {
        "Nothing that this key reaches has this address."
    }
    assert problem(keyless) == (
        404,
        "Nothing has this address: `/api/v1/openapi.json` has those there are.",
    )
    assert {problem(one)[0] for one in nobody} == {401}
    assert all("flask api-key create" in one.get_json()["detail"] for one in nobody)
    wrong = program.send("DELETE", f"{program.course}/badges")
    assert (problem(wrong)[0], wrong.get_json()["detail"]) == (
        405,
        "`Allow` names what can.",
    )
    assert "GET" in wrong.headers["Allow"]
    again = over.get(f"{over.course}/badges").get_json()
    assert again["detail"] == "Please open it again from your course."


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
