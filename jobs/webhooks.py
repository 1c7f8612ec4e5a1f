"""Webhooks: made, found, switched and taken away, with a line in the audit each.

The caller commits.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.metrics.cursors import cursor_of, place_of
from jobs.encryption import resealed, sealed
from jobs.settings import settings
from lti import audit
from lti.addresses import is_callable, origin
from models import OutboundWebhook, Tenant
from models.locks import lock_tenant
from models.webhooks import TOLD

LIST = "webhooks"
MOST = 20
"""So many webhooks has an organisation at most: each award is told to all of them."""
LONGEST_URL = 1024


class WebhookRefused(Exception):
    """There can be no such webhook; the message says why."""


class TooManyWebhooks(WebhookRefused):
    """An organisation has as many as it may have."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A webhook as its maker wants it."""

    url: str
    kinds: Sequence[str] = ()
    """What it is told of; none named means all there are."""
    internal_hosts: Sequence[str] = ()


@dataclass(frozen=True)
class WebhookPage:
    rows: list[OutboundWebhook]
    next: str | None


def add(
    session: Session, tenant: Tenant, wanted: Wanted, by: Giver, now: datetime
) -> tuple[OutboundWebhook, str]:
    """Make a webhook of a tenant; return it with its secret, which is told once.

    Raises WebhookRefused for an address that is not called, TooManyWebhooks for one
    too many. Nobody else makes one meanwhile.
    """
    _refuse(wanted.url)
    lock_tenant(session, tenant.id)
    ours = OutboundWebhook.tenant_id == tenant.id
    if len(session.scalars(sa.select(OutboundWebhook.id).where(ours)).all()) >= MOST:
        raise TooManyWebhooks(
            f"An organisation has {MOST} webhooks at most: take one away first."
        )
    secret = secrets.token_hex(32)
    webhook = OutboundWebhook(
        tenant_id=tenant.id,
        url=wanted.url,
        secret=sealed(secret),
        kinds=[kind for kind in TOLD if kind in (wanted.kinds or TOLD)],
        internal_hosts=sorted(set(wanted.internal_hosts)),
        created_by=by.id,
        created_at=now,
    )
    session.add(webhook)
    session.flush()
    note(session, "webhook_added", webhook, by, now)
    return webhook, secret


def enable(
    session: Session, webhook: OutboundWebhook, by: Giver, now: datetime
) -> bool:
    """Let a webhook be told again; tell whether it was not until now.

    What waited since it was disabled is sent; what happened meanwhile is not told.
    """
    if webhook.disabled_at is None:
        return False
    webhook.disabled_at = webhook.disabled_why = None
    note(session, "webhook_enabled", webhook, by, now)
    return True


def disable(
    session: Session, webhook: OutboundWebhook, why: str, by: Giver, now: datetime
) -> bool:
    """Let a webhook be told of nothing from now on; tell whether it was until now."""
    if webhook.disabled_at is not None:
        return False
    webhook.disabled_at, webhook.disabled_why = now, why
    note(session, "webhook_disabled", webhook, by, now)
    return True


def remove(
    session: Session, webhook: OutboundWebhook, by: Giver, now: datetime
) -> None:
    """Take a webhook away, with all that it was told and would have been told."""
    note(session, "webhook_removed", webhook, by, now)
    session.delete(webhook)
    session.flush()


def reseal(session: Session) -> list[str]:
    """Encrypt every secret by the key of today; return whose cannot be read any more."""
    lost = []
    held = sa.select(OutboundWebhook).with_for_update(key_share=True)
    for webhook in session.scalars(held).all():
        secret = resealed(webhook.secret)
        if secret is None:
            lost.append(webhook.public_id)
        else:
            webhook.secret = secret
    session.flush()
    return lost


def webhooks_of(
    session: Session,
    tenant_id: int | None,
    *,
    after: str | None = None,
    limit: int = 50,
) -> WebhookPage:
    """Return a page of a tenant's webhooks, or of everybody's, the newest first.

    One query. Raises BadCursor.
    """
    query = _owned(tenant_id)
    if after is not None:
        place = sa.tuple_(OutboundWebhook.id)
        query = query.where(place < place_of(LIST, after, int))
    newest = query.order_by(OutboundWebhook.id.desc()).limit(limit + 1)
    found = session.scalars(newest).all()
    more, shown = len(found) > limit, list(found[:limit])
    return WebhookPage(shown, cursor_of(LIST, shown[-1].id) if more else None)


def webhook_of(
    session: Session, tenant_id: int | None, public_id: str
) -> OutboundWebhook | None:
    """Return one webhook of a tenant, or of any; None where there is no such one."""
    query = _owned(tenant_id).where(OutboundWebhook.public_id == public_id)
    return session.scalar(query)


def take(
    session: Session, tenant_id: int | None, public_id: str
) -> OutboundWebhook | None:
    """Return the same as it is now; nobody else changes it until the end."""
    return session.scalar(
        _owned(tenant_id)
        .where(OutboundWebhook.public_id == public_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _owned(tenant_id: int | None) -> sa.Select[OutboundWebhook]:
    query = sa.select(OutboundWebhook)
    if tenant_id is None:
        return query
    return query.where(OutboundWebhook.tenant_id == tenant_id)


def _refuse(url: str) -> None:
    is_plain = url.isascii() and url.isprintable() and " " not in url
    development = settings().is_development
    if not is_plain or len(url) > LONGEST_URL:
        raise WebhookRefused(
            f"url: it has to be an address of {LONGEST_URL} plain characters at most"
        )
    if not is_callable(url, development=development):
        raise WebhookRefused(
            "url: it has to be https, without a user name, a password or a #"
        )


def note(
    session: Session,
    action: str,
    webhook: OutboundWebhook,
    by: Giver,
    now: datetime,
    **said: Any,  # noqa: ANN401 -- whatever JSON can hold
) -> None:
    """Write what was decided of a webhook into the audit.

    Of its address the host alone: the rest may be a secret.
    """
    audit.note(
        session,
        action,
        now,
        tenant_id=webhook.tenant_id,
        webhook=webhook.public_id,
        host=str(origin(webhook.url)),
        by=by.id,
        role=by.role,
        **said,
    )
