"""Telling webhooks what waits for them: in pieces, at least once, and not for ever.

A delivery is taken before it is sent, and sent outside any transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from jobs import webhooks
from jobs.clock import now
from jobs.faults import logged
from jobs.posting import GONE, NO_KEY, Letter, Line, Told
from jobs.settings import settings
from models import Delivery, OutboundWebhook
from models.db import db
from models.locks import begin_write, retried

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""Before the second attempt, the third …; after the last one it is given up."""
PIECE = 50
PIECES = 10
"""So many pieces a webhook has in one run: the others have their turn, too."""
LEASE = timedelta(minutes=20)
"""So long whoever took a piece has: 50 times the 20 seconds of a call, and more."""
A_WEBHOOK, A_RUN = 20, 40
"""So many seconds a webhook has in one run, and all of them together: a slow receiver
keeps no worker from its other work. What is left is due in the next run."""
RECEIVER = Giver("receiver", "receiver")
SAID_GONE = "it answered 410: gone"


def send_deliveries() -> dict[str, object]:
    """Send every webhook what is due; return how many were taken.

    Nothing is sent while the operator's switch is off. One that fails in ourselves is
    logged, and the others have theirs.
    """
    session, sent, end = db.session(), 0, monotonic() + A_RUN
    due = _due_webhooks(session, now()) if settings().gamification_enabled else []
    for webhook_id in due:
        if monotonic() > end:
            break
        try:
            sent += _send_all(session, webhook_id)
        except Exception as error:  # noqa: BLE001 -- one webhook must not hold up the others
            session.rollback()
            logged(f"Sending to webhook {webhook_id}", error)
    return {"delivered": sent}


def _due_webhooks(session: Session, moment: datetime) -> list[int]:
    waits = sa.exists().where(
        Delivery.webhook_id == OutboundWebhook.id, *_is_due(moment)
    )
    query = sa.select(OutboundWebhook.id).where(
        OutboundWebhook.disabled_at.is_(None), waits
    )
    # In no order: where time is short, none is always the last.
    found = list(session.scalars(query.order_by(sa.func.random())))
    session.rollback()
    return found


def _is_due(moment: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Delivery.state == "waiting", Delivery.next_attempt_at <= moment


def _send_all(session: Session, webhook_id: int) -> int:
    sent, end = 0, monotonic() + A_WEBHOOK
    for _ in range(PIECES):
        webhook = session.get(OutboundWebhook, webhook_id, populate_existing=True)
        if webhook is None or webhook.disabled_at is not None:
            break
        try:
            line = Line(webhook)
        except InvalidToken:
            _end(session, webhook_id, [], NO_KEY)
            break
        with line:
            session.rollback()
            piece = _take(session, webhook_id)
            taken = _send(session, line, webhook_id, piece, end)
        sent += taken
        if not piece or taken < len(piece):
            break
    session.rollback()
    return sent


def _take(session: Session, webhook_id: int) -> list[tuple[int, int, Letter]]:
    """Take what is due and commit: nobody else sends it. The oldest comes first."""
    moment = now()
    due = (
        sa.select(Delivery.id)
        .where(Delivery.webhook_id == webhook_id, *_is_due(moment))
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(PIECE)
    )

    def take() -> list[tuple[int, int, Letter]]:
        begin_write(session)
        taken = session.scalars(
            sa.update(Delivery)
            # Asked again: another worker may have taken them while we waited.
            .where(Delivery.id.in_(due), *_is_due(moment))
            .values(next_attempt_at=moment + LEASE, attempts=Delivery.attempts + 1)
            .returning(Delivery)
            .execution_options(synchronize_session=False, populate_existing=True)
        ).all()
        piece = [(one.id, one.attempts, Letter.of(one)) for one in taken]
        session.commit()
        return sorted(piece, key=lambda one: one[0])

    return retried(session, take)


def _send(
    session: Session,
    line: Line,
    webhook_id: int,
    piece: Sequence[tuple[int, int, Letter]],
    end: float,
) -> int:
    """Send a piece; return how many were taken.

    Where nobody answers the rest is not tried, and waits as if it had been. What is
    left when its time is over waits as it did.
    """
    sent = 0
    for place, (delivery_id, attempts, letter) in enumerate(piece):
        if monotonic() > end:
            _put_back(session, [rest_id for rest_id, _, _ in piece[place:]])
            break
        told = line.post(letter)
        sent += told.is_taken
        if told.status is None:
            for rest_id, tried, _ in piece[place:]:
                _note(session, rest_id, tried, told)
            break
        _note(session, delivery_id, attempts, told)
        if told.status == GONE:
            rest = [rest_id for rest_id, _, _ in piece[place + 1 :]]
            _end(session, webhook_id, rest, SAID_GONE)
            break
    return sent


def _note(session: Session, delivery_id: int, attempts: int, told: Told) -> None:
    """Write down what came of an attempt, and when there is another one."""
    moment = now()
    values: dict[str, Any] = {"status": told.status, "reason": told.reason or None}
    if told.is_taken:
        values |= {"state": "done", "delivered_at": moment, "next_attempt_at": None}
    elif attempts > len(PAUSES):
        values |= {"state": "dead", "next_attempt_at": None}
    else:
        values |= {"next_attempt_at": moment + PAUSES[attempts - 1]}

    def note() -> None:
        begin_write(session)
        _change(session, [delivery_id], values)
        session.commit()

    retried(session, note)


def _end(session: Session, webhook_id: int, unsent: Sequence[int], why: str) -> None:
    """Disable a webhook that cannot be told; what was not sent waits as it did."""

    def end() -> None:
        begin_write(session)
        held = {"key_share": True}
        webhook = session.get(OutboundWebhook, webhook_id, with_for_update=held)
        if webhook is not None:
            webhooks.disable(session, webhook, why, RECEIVER, now())
        _change(session, unsent, _as_it_was())
        session.commit()

    session.rollback()
    retried(session, end)


def _put_back(session: Session, unsent: Sequence[int]) -> None:
    def put_back() -> None:
        begin_write(session)
        _change(session, unsent, _as_it_was())
        session.commit()

    retried(session, put_back)


def _as_it_was() -> dict[str, Any]:
    return {"next_attempt_at": now(), "attempts": Delivery.attempts - 1}


def _change(session: Session, ids: Sequence[int], values: dict[str, Any]) -> None:
    session.execute(
        sa.update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.state == "waiting")
        .values(values)
        .execution_options(synchronize_session=False)
    )
