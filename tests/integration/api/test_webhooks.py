"""Webhooks over the API: an organisation's keys make them, read them and end them."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from jobs import webhooks
from jobs.api_keys import PEOPLE_WRITE, WEBHOOKS_WRITE
from models import (
    AuditEntry,
    Context,
    Delivery,
    KeptAnswer,
    OutboundWebhook,
)
from tests.factories import a_context
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_key, a_program, problem
from tests.support.webhooks import ANYWHERE, a_webhook

HOOKS = "/api/v1/webhooks"
WANTED = {"url": ANYWHERE}


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_program(session, client, course, WEBHOOKS_WRITE)


def every_way(caller: Caller) -> list[TestResponse]:
    one = f"{HOOKS}/the-webhook"
    return [
        caller.get(HOOKS),
        caller.get(one),
        caller.send("POST", HOOKS, WANTED),
        caller.send("DELETE", one),
        caller.get(f"{one}/deliveries"),
        caller.send("POST", f"{one}/deliveries/the-delivery/retry"),
    ]


def test_a_webhook_is_made_read_and_taken_away(
    client: FlaskClient, session: Session, course: Context
) -> None:
    key, word = a_key(session, course, WEBHOOKS_WRITE)
    program = Caller(client, word, course.public_id)
    kinds = ["award_ended", "award_granted", "award_ended"]

    made: Any = program.send("POST", HOOKS, {**WANTED, "kinds": kinds})
    path = f"{HOOKS}/{made.json['id']}"
    read: Any = program.get(path)
    listed: Any = program.get(HOOKS)
    gone: Any = program.send("DELETE", path, If_Match=read.headers["ETag"])

    body = made.json
    secret = body.pop("secret")
    codes = [one.status_code for one in (made, read, listed, gone)]
    assert codes == [201, 200, 200, 200]
    assert body == {
        "id": body["id"],
        "url": ANYWHERE,
        "kinds": ["award_granted", "award_ended"],
        "state": "enabled",
        "created_by": key.public_id,
        "created_at": "2026-11-22T10:00:00Z",
        "disabled_at": None,
        "disabled_why": None,
    }
    assert read.json == gone.json == body
    assert listed.json == {"items": [body], "next": None}
    assert program.get(path).status_code == 404
    assert len(secret) == 64


def test_the_audit_says_who_made_and_ended_a_webhook_by_its_host_alone(
    client: FlaskClient, session: Session, course: Context
) -> None:
    key, word = a_key(session, course, WEBHOOKS_WRITE)
    name = key.public_id
    program = Caller(client, word, course.public_id)

    body: Any = program.send("POST", HOOKS, WANTED).json
    program.send("DELETE", f"{HOOKS}/{body['id']}")

    session.rollback()
    noted = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()[-2:]
    assert [one.action for one in noted] == ["webhook_added", "webhook_removed"]
    said = {"webhook": body["id"], "host": "https://badges.example"}
    assert [one.details for one in noted] == [{**said, "by": name, "role": "key"}] * 2


def test_a_secret_rests_encrypted_and_is_told_once(
    program: Caller, session: Session
) -> None:
    first: Any = program.send("POST", HOOKS, WANTED, Idempotency_Key="one").json
    again: Any = program.send("POST", HOOKS, WANTED, Idempotency_Key="one").json

    session.rollback()
    row = session.scalars(sa.select(OutboundWebhook)).one()
    kept = session.scalars(sa.select(KeptAnswer)).one()
    assert again == {**first, "secret": None}
    assert first["secret"] not in row.secret + str(kept.body)


def test_another_organisations_webhook_is_not_there(
    session: Session, client: FlaskClient, delivery: Delivery
) -> None:
    stranger = a_program(session, client, a_context(session), WEBHOOKS_WRITE)
    own = a_webhook(session, a_context(session).tenant)
    session.commit()

    answers = every_way(stranger)
    mixed = f"{HOOKS}/{own.public_id}/deliveries/the-delivery/retry"

    codes = [answer.status_code for answer in answers]
    assert codes == [200, 404, 201, 404, 404, 404]
    assert answers[0].json == {"items": [], "next": None}
    assert stranger.send("POST", mixed).status_code == 404


def test_a_delivery_is_of_the_webhook_that_is_named(
    session: Session, program: Caller, course: Context, delivery: Delivery
) -> None:
    a_webhook(session, course.tenant, "another")
    session.commit()

    path = f"{HOOKS}/another/deliveries/the-delivery/retry"

    assert program.send("POST", path).status_code == 404


@pytest.mark.parametrize("role", ["learner", "assistant", "instructor", "admin"])
def test_no_launch_has_a_word_in_it(
    role: str, client: FlaskClient, session: Session, delivery: Delivery
) -> None:
    course = session.get_one(Context, delivery.context_id)
    caller = a_caller(session, client, of=course, role=role)

    assert {answer.status_code for answer in every_way(caller)} == {403}


def test_a_key_without_the_permission_enters_nowhere(
    client: FlaskClient, session: Session, course: Context, delivery: Delivery
) -> None:
    answers = every_way(a_program(session, client, course, PEOPLE_WRITE))

    lacking = (
        "This API key lacks the permission webhooks:write: ask for one that has it."
    )
    assert {problem(answer) for answer in answers} == {(403, lacking)}


@pytest.mark.parametrize(
    "url",
    [
        "http://badges.example/laurel",
        "https://user:word@badges.example/",
        "https://badges.example/#part",
        "https:///laurel",
        "https://bädges.example/",
        "https://badges.example/a b",
        "ftp://badges.example/",
        "https://badges.example/" + "a" * 1024,
        "",
    ],
)
def test_what_is_not_called_is_no_webhook(url: str, program: Caller) -> None:
    answer: Any = program.send("POST", HOOKS, {"url": url})

    assert answer.status_code == 422
    assert "url: " in answer.json["detail"]


@pytest.mark.parametrize(
    "more", [{"kinds": ["ping"]}, {"kinds": []}, {"internal_hosts": ["lms"]}]
)
def test_what_a_key_may_not_ask_for_is_refused(
    more: dict[str, Any], program: Caller
) -> None:
    assert program.send("POST", HOOKS, {**WANTED, **more}).status_code == 422


def test_an_organisation_has_so_many_and_no_more(
    program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST", 1)
    assert program.send("POST", HOOKS, WANTED).status_code == 201

    said = "An organisation has 1 webhooks at most: take one away first."
    assert problem(program.send("POST", HOOKS, WANTED)) == (409, said)


def test_what_was_disabled_since_it_was_read_is_not_taken_away(
    program: Caller, session: Session, delivery: Delivery
) -> None:
    tag = program.get(f"{HOOKS}/the-webhook").headers["ETag"]
    session.execute(sa.update(OutboundWebhook).values(disabled_at=NOW))
    session.commit()

    answer = program.send("DELETE", f"{HOOKS}/the-webhook", If_Match=tag)

    assert answer.status_code == 412
    assert program.get(f"{HOOKS}/the-webhook").json["state"] == "disabled"  # type: ignore[index] # it has a body


def test_what_is_taken_away_takes_its_deliveries_along(
    program: Caller, session: Session, delivery: Delivery
) -> None:
    assert program.send("DELETE", f"{HOOKS}/the-webhook").status_code == 200

    session.rollback()
    assert session.scalars(sa.select(Delivery.id)).all() == []
