"""What a webhook was told, and telling it again; and a word to try it out."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.metrics.cursors import cursor_of, place_of
from jobs import webhooks
from jobs.clock import now
from jobs.posting import NO_KEY, Letter, Line, Told, moment_of, written
from models import Delivery, OutboundWebhook, Tenant

LIST = "deliveries"


class Disabled(Exception):
    """A webhook is told of nothing until it is enabled."""

    def __init__(self) -> None:
        super().__init__(
            "The webhook is disabled: whoever runs Laurel enables it (`flask webhook "
            "enable`), or add another one."
        )


@dataclass(frozen=True)
class DeliveryPage:
    rows: list[Delivery]
    next: str | None


def deliveries_of(
    session: Session,
    webhook: OutboundWebhook,
    *,
    state: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> DeliveryPage:
    """Return a page of a webhook's deliveries, the newest first.

    One query. Raises BadCursor.
    """
    query = sa.select(Delivery).where(Delivery.webhook_id == webhook.id)
    if state is not None:
        query = query.where(Delivery.state == state)
    if after is not None:
        query = query.where(sa.tuple_(Delivery.id) < place_of(LIST, after, int))
    found = session.scalars(query.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    more, shown = len(found) > limit, list(found[:limit])
    return DeliveryPage(shown, cursor_of(LIST, shown[-1].id) if more else None)


def delivery_of(
    session: Session, tenant_id: int | None, public_id: str
) -> Delivery | None:
    """Return one delivery of a tenant's webhooks, or of any's, to be changed."""
    query = sa.select(Delivery).where(Delivery.public_id == public_id)
    if tenant_id is not None:
        theirs = sa.select(OutboundWebhook.id).where(
            OutboundWebhook.tenant_id == tenant_id
        )
        query = query.where(Delivery.webhook_id.in_(theirs))
    return session.scalar(
        query.with_for_update().execution_options(populate_existing=True)
    )


def retry(session: Session, delivery: Delivery, by: Giver, now: datetime) -> None:
    """Let a delivery be sent anew within a minute, whatever became of it.

    It keeps its id, by which a receiver knows it. The caller commits. Raises Disabled
    where its webhook is told of nothing.
    """
    webhook = session.get_one(OutboundWebhook, delivery.webhook_id)
    if webhook.disabled_at is not None:
        raise Disabled
    delivery.state, delivery.attempts = "waiting", 0
    delivery.next_attempt_at, delivery.delivered_at = now, None
    delivery.status = delivery.reason = None
    about = {"delivery": delivery.public_id}
    webhooks.note(session, "webhook_retried", webhook, by, now, **about)
    session.flush()


def ping(session: Session, webhook: OutboundWebhook) -> Told:
    """Send a webhook a `ping` now, enabled or not; return what came of it.

    Nothing is kept of it. Ends the caller's transaction: nobody waits for a receiver.
    """
    tenant = session.get_one(Tenant, webhook.tenant_id)
    said = {
        "id": secrets.token_hex(11),
        "kind": "ping",
        "occurred_at": moment_of(now()),
        "tenant": tenant.key,
    }
    try:
        line = Line(webhook)
    except InvalidToken:
        session.rollback()
        return Told(None, f"It is told nothing: {NO_KEY}.")
    with line:
        session.rollback()
        return line.post(Letter(said["id"], written(said)))
