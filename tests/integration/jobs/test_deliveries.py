"""Telling webhooks over real HTTP: signed, and once."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import deliveries
from jobs.cleaning import clean_up
from models import Context, OutboundWebhook
from tests.factories import a_badge, a_context
from tests.support.clock import NOW, Clock
from tests.support.webhooks import (
    Receiver,
    added,
    earned,
    receiving,
    rows,
    sent,
    the_row,
)

SECOND = timedelta(seconds=1)


def test_a_receiver_verifies_what_it_is_told_and_is_told_once(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    earned(session, heard, people=2)

    done = [sent(app), sent(app)]

    assert done == [{"delivered": 2}, {"delivered": 0}]
    assert (receiver.asked, receiver.forged) == (2, 0)
    first = receiver.told[0]
    row = rows(session)[0]
    assert first == {
        "id": row.public_id,
        "kind": "award_granted",
        "occurred_at": "2026-11-22T10:00:00Z",
        **row.body,
    }
    assert (row.state, row.attempts, row.status) == ("done", 1, 204)
    assert (row.delivered_at, row.next_attempt_at) == (NOW, None)


def test_what_is_signed_by_another_secret_is_not_believed(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    receiver.secret = secrets.token_hex()
    earned(session, heard)

    sent(app)

    assert (receiver.forged, receiver.told) == (1, [])
    assert the_row(session).reason == "Answered 401: the receiver refuses it."


def test_two_workers_at_once_send_once(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    earned(session, heard, people=60)
    together = Barrier(2)

    def work(_: int) -> object:
        together.wait()
        return sent(app)

    with ThreadPoolExecutor(max_workers=2) as threads:
        list(threads.map(work, range(2)))
    sent(app)

    assert receiver.asked == len({one["id"] for one in receiver.told}) == 60
    assert {(row.state, row.attempts) for row in rows(session)} == {("done", 1)}


def test_a_tenants_webhook_never_hears_of_another_tenant(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    session.rollback()
    elsewhere = a_context(session)
    a_badge(session, of=elsewhere, key="first", metric="events", threshold=1)
    session.commit()
    with receiving() as theirs:
        theirs.secret = added(app, elsewhere, theirs.url)[1]
        earned(session, heard)
        earned(session, elsewhere, people=2)
        sent(app)

    assert {one["tenant"] for one in receiver.told} == {heard.tenant.key}
    assert {one["tenant"] for one in theirs.told} == {elsewhere.tenant.key}
    assert (len(receiver.told), len(theirs.told)) == (1, 2)


def test_nothing_is_sent_while_the_operators_switch_is_off(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    earned(session, heard)
    app.extensions["laurel"] = replace(
        app.extensions["laurel"], gamification_enabled=False
    )

    assert sent(app) == {"delivered": 0}
    assert (receiver.asked, the_row(session).state) == (0, "waiting")


def test_more_than_a_piece_is_sent_in_one_run(
    app: OpenAPI,
    session: Session,
    heard: Context,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliveries, "PIECE", 2)
    monkeypatch.setattr(deliveries, "PIECES", 2)
    earned(session, heard, people=5)

    assert [sent(app), sent(app)] == [{"delivered": 4}, {"delivered": 1}]


def test_deliveries_are_kept_for_thirty_days(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver, clock: Clock
) -> None:
    earned(session, heard)
    sent(app)

    left = []
    for step in (timedelta(days=30), SECOND):
        clock.advance(step)
        with app.app_context():
            clean_up()
        left.append(len(rows(session)))

    assert left == [1, 0]


@pytest.mark.parametrize("budget", ["A_WEBHOOK", "A_RUN"])
def test_what_there_is_no_time_for_waits_as_it_did(
    app: OpenAPI,
    session: Session,
    heard: Context,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    budget: str,
) -> None:
    monkeypatch.setattr(deliveries, budget, -1)
    earned(session, heard)

    late = sent(app)
    monkeypatch.undo()

    assert (late, receiver.asked) == ({"delivered": 0}, 0)
    assert the_row(session).attempts == 0
    assert sent(app) == {"delivered": 1}


def test_an_address_that_cannot_be_called_is_told_of(
    app: OpenAPI, session: Session, heard: Context
) -> None:
    url = sa.update(OutboundWebhook).values(url="https://.example.com/x")
    session.rollback()
    session.execute(url)
    session.commit()
    earned(session, heard)

    sent(app)

    row = the_row(session)
    assert (row.state, row.attempts, row.status) == ("waiting", 1, None)
    assert "cannot be called" in (row.reason or "")


def test_a_secret_that_no_key_opens_disables_its_webhook(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    session.rollback()
    session.execute(sa.update(OutboundWebhook).values({"secret": "none of ours"}))
    session.commit()
    earned(session, heard)

    assert sent(app) == {"delivered": 0}

    session.rollback()
    webhook = session.scalars(sa.select(OutboundWebhook)).one()
    assert "no key of ENCRYPTION_KEYS" in (webhook.disabled_why or "")
    assert (receiver.asked, the_row(session).attempts) == (0, 0)
