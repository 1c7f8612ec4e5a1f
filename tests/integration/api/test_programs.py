"""What a program reads and writes by an API key, and what it is refused."""

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.standings import set_name_consent
from jobs.api_keys import AWARDS_WRITE, COURSES_READ, PEOPLE_READ
from models import AuditEntry, Context, Membership
from tests.integration.api.conftest import a_board, awards, helper_for
from tests.support.clock import NOW
from tests.support.launches import Caller, a_live_course
from tests.support.programs import a_key, a_program, problem

NOBODY = "An API key is nobody: only the launch of a person may ask for this."


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
