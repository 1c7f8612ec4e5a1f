"""What other programs are told of awards: a delivery for each webhook that hears it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Award,
    Badge,
    BadgeVersion,
    Context,
    Delivery,
    Membership,
    OutboundWebhook,
    Tenant,
    User,
)
from models.portable import JsonObject, RandomName
from models.upsert import insert

SAID = {
    "granted": ("award_granted", "open"),
    "expired": ("award_ended", "expired"),
    "unmet": ("award_ended", "unmet"),
    "revoked": ("award_ended", "revoked"),
    "renewed": ("award_renewed", "open"),
    "lifted": ("award_lifted", "revoked"),
}
"""A change's kind, and what the award is after it. An award ends once, however."""


def is_heard(context_id: int) -> sa.Exists:
    """Hold where some program is told of a course's awards."""
    return sa.exists().where(
        Context.id == context_id,
        OutboundWebhook.tenant_id == Context.tenant_id,
        OutboundWebhook.disabled_at.is_(None),
    )


def tell_programs(
    session: Session,
    context_id: int,
    change: str,
    which: sa.ColumnElement[bool],
    now: datetime,
) -> None:
    """Write deliveries of those awards of a course of which `which` holds.

    One statement, which reads nothing, for every webhook of the organisation that
    wants to hear it; what was written is not written again. Those that expired are
    told before that is written down, as nothing tells them apart after it. Nothing is
    written while the course or its organisation is off.
    """
    columns = _columns(change, now)
    kind, _ = SAID[change]
    wanted = sa.cast(OutboundWebhook.kinds, sa.Text).contains(f'"{kind}"')
    told = (
        sa.select(*columns.values())
        .select_from(Award)
        .join(Context, Context.id == Award.context_id)
        .join(Tenant, Tenant.id == Context.tenant_id)
        .join(OutboundWebhook, OutboundWebhook.tenant_id == Tenant.id)
        .join(Membership, Membership.id == Award.membership_id)
        .join(User, User.id == Membership.user_id)
        .join(Badge, Badge.id == Award.badge_id)
        .join(BadgeVersion, BadgeVersion.id == Award.badge_version_id)
        .where(Context.id == context_id, which)
        .where(Context.enabled, Tenant.enabled)
        .where(OutboundWebhook.disabled_at.is_(None), wanted)
        .order_by(Award.id, OutboundWebhook.id)
        # Whoever takes a webhook away meanwhile waits for us, or is waited for.
        .with_for_update(read=True, key_share=True, of=OutboundWebhook)
    )
    session.execute(
        insert(session, Delivery)
        .from_select(list(columns), told)
        .on_conflict_do_nothing(index_elements=["webhook_id", "key"])
    )


def _columns(change: str, now: datetime) -> dict[str, Any]:
    kind, state = SAID[change]
    moment = sa.literal(now, Delivery.created_at.type)
    # An award is renewed more than once, and each time is another change.
    again = f":{now.timestamp():.6f}" if change == "renewed" else ""
    key = sa.literal(f"{kind}:", sa.Text) + sa.cast(Award.id, sa.Text)
    body = JsonObject.of(
        tenant=Tenant.key,
        course=Context.public_id,
        user=User.public_id,
        badge=Badge.key,
        version=BadgeVersion.number,
        award=Award.public_id,
        state=sa.cast(state, sa.Text),
    )
    return {
        "public_id": RandomName(),
        "webhook_id": OutboundWebhook.id,
        "context_id": Award.context_id,
        "key": key + again,
        "kind": sa.literal(kind, sa.Text),
        "occurred_at": Award.expires_at if change == "expired" else moment,
        "body": body,
        "state": sa.literal("waiting", sa.Text),
        "attempts": sa.literal(0),
        "next_attempt_at": moment,
        "created_at": moment,
    }
