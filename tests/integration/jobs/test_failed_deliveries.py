"""Webhooks that do not take what they are told: again after a while, not for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import deliveries
from jobs.posting import Letter, Line, Told
from models import AuditEntry, Context, OutboundWebhook
from tests.factories import a_badge, a_context
from tests.support.clock import NOW, Clock
from tests.support.webhooks import (
    Receiver,
    a_webhook,
    added,
    earned,
    receiving,
    rows,
    sent,
    the_row,
    the_webhook,
)

SECOND = timedelta(seconds=1)


def test_a_receiver_that_fails_is_tried_six_times_and_given_up(
    app: OpenAPI,
    session: Session,
    heard: Context,
    receiver: Receiver,
    clock: Clock,
) -> None:
    receiver.answers = [500] * 7
    earned(session, heard)
    pauses = [60, 300, 1_800, 7_200, 43_200]

    tried = []
    for pause in [*pauses, 10**6]:
        sent(app)
        clock.advance(timedelta(seconds=pause) - SECOND)
        sent(app)
        tried.append(receiver.asked)
        clock.advance(SECOND)

    row = the_row(session)
    assert tried == [1, 2, 3, 4, 5, 6]
    assert (row.state, row.attempts, row.next_attempt_at) == ("dead", 6, None)
    said = "Answered 500: something is wrong with the receiver."
    assert (row.status, row.reason) == (500, said)


def test_a_receiver_that_comes_back_is_told(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [503]
    earned(session, heard)

    sent(app)
    clock.advance(timedelta(minutes=1))
    sent(app)

    row = the_row(session)
    assert (row.state, row.attempts, row.reason) == ("done", 2, None)


def test_where_nobody_answers_the_rest_of_a_piece_is_not_tried(
    app: OpenAPI, session: Session, heard: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as gone:
        the_webhook(session).url = gone.url
        session.commit()
    earned(session, heard, people=3)
    tried: list[Letter] = []
    post = Line.post

    def counted(line: Line, letter: Letter) -> Told:
        tried.append(letter)
        return post(line, letter)

    monkeypatch.setattr(Line, "post", counted)
    sent(app)

    assert len(tried) == 1
    minute = NOW + timedelta(minutes=1)
    said = {(row.state, row.attempts, row.next_attempt_at) for row in rows(session)}
    assert said == {("waiting", 1, minute)}
    assert {row.reason for row in rows(session)} == {"No answer (ConnectionError)."}


def test_a_receiver_that_is_gone_is_told_no_more_until_it_is_enabled(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [204, 410]
    earned(session, heard, people=3)

    sent(app)
    earned(session, heard)
    webhook = the_webhook(session)
    first = [(row.state, row.attempts) for row in rows(session)]
    noted = session.scalars(
        sa.select(AuditEntry.details).where(AuditEntry.action == "webhook_disabled")
    ).one()
    app.test_cli_runner().invoke(args=["webhook", "enable", webhook.public_id])
    clock.advance(timedelta(minutes=1))
    sent(app)

    assert webhook.disabled_why == "it answered 410: gone"
    assert (noted["by"], noted["webhook"]) == ("receiver", webhook.public_id)
    # What came while it was disabled is not told, not even later.
    assert first == [("done", 1), ("waiting", 1), ("waiting", 0)]
    assert [(row.state, row.attempts) for row in rows(session)] == [
        ("done", 1),
        ("done", 2),
        ("done", 1),
    ]


def test_a_redirect_is_not_followed(
    app: OpenAPI, session: Session, heard: Context, receiver: Receiver
) -> None:
    receiver.answers = [302, 307]
    earned(session, heard, people=2)

    sent(app)

    assert (receiver.asked, receiver.told) == (2, [])
    assert [row.reason for row in rows(session)] == [
        "Answered 302: redirects are not followed.",
        "Answered 307: redirects are not followed.",
    ]


@pytest.mark.parametrize(
    ("internal", "reason"),
    [
        ([], "An address lies in a private network."),
        # It was called, and speaks no TLS.
        (["127.0.0.1"], "No answer (SSLError)."),
    ],
)
def test_a_private_address_is_called_by_the_operators_word_alone(
    internal: list[str],
    reason: str,
    app: OpenAPI,
    session: Session,
    receiver: Receiver,
) -> None:
    course = a_context(session)
    a_badge(session, of=course, key="first", metric="events", threshold=1)
    session.commit()
    app.extensions["laurel"] = replace(
        app.extensions["laurel"], environment="production"
    )
    hosts = [word for host in internal for word in ("--internal-host", host)]
    added(app, course, receiver.url.replace("http:", "https:"), *hosts)
    earned(session, course)

    sent(app)

    assert the_row(session).reason == reason


def test_a_webhook_that_fails_in_ourselves_holds_up_no_other(
    app: OpenAPI,
    session: Session,
    heard: Context,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.rollback()
    webhook = a_webhook(session, heard.tenant)
    webhook.id = 0
    session.commit()
    earned(session, heard)
    take = deliveries._take

    def fail(session: Session, webhook_id: int) -> object:
        if webhook_id == 0:
            raise RuntimeError
        return take(session, webhook_id)

    monkeypatch.setattr(deliveries, "_take", fail)
    opened = sa.update(OutboundWebhook).where(OutboundWebhook.id == 0)
    session.rollback()
    theirs = sa.select(OutboundWebhook.secret).where(OutboundWebhook.id != 0)
    session.execute(opened.values(secret=session.scalars(theirs).one()))
    session.commit()

    assert sent(app) == {"delivered": 1}

    assert "Sending to webhook 0 failed: RuntimeError" in caplog.text
    assert sorted(row.state for row in rows(session)) == ["done", "waiting"]


def test_whoever_died_over_a_piece_leaves_it_to_the_next(
    app: OpenAPI,
    session: Session,
    heard: Context,
    receiver: Receiver,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    earned(session, heard)

    def die(_line: object, _letter: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(Line, "post", die)
        with pytest.raises(SystemExit):
            sent(app)

    assert sent(app) == {"delivered": 0}
    clock.advance(deliveries.LEASE)
    assert sent(app) == {"delivered": 1}
