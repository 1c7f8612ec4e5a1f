"""What a launch may do until it ends: an opaque bearer token, and no cookie."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from lti.arrival import Arrival
from lti.launch import Launch
from models import (
    Context,
    Deployment,
    LaunchSession,
    Membership,
    Registration,
    Tenant,
    User,
)

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=8)
BY_TOKEN = (
    sa.select(LaunchSession)
    .join(LaunchSession.registration)
    .join(Deployment, Deployment.id == LaunchSession.deployment_id)
    .join(LaunchSession.context)
    .join(Tenant, Tenant.id == Context.tenant_id)
    .join(LaunchSession.membership)
    .join(User, User.id == Membership.user_id)
    .options(
        contains_eager(LaunchSession.registration),
        contains_eager(LaunchSession.context).contains_eager(Context.tenant),
        contains_eager(LaunchSession.membership).contains_eager(Membership.user),
    )
    .where(
        LaunchSession.token_hash == sa.bindparam("wanted"),
        LaunchSession.ended_at.is_(None),
        LaunchSession.expires_at > sa.bindparam("now"),
        LaunchSession.last_used_at > sa.bindparam("idle_since"),
        Registration.state == "active",
        Deployment.state == "active",
    )
)


def open_session(
    session: Session, arrival: Arrival, launch: Launch, now: datetime
) -> tuple[LaunchSession, str]:
    """Open a session for a launch; return it with its token, which is told once.

    The rights are those of this launch, whatever the person may do elsewhere; a
    test student looks at the course as a learner does.
    """
    token = secrets.token_urlsafe(32)
    opened = LaunchSession(
        token_hash=_hash(token),
        registration=arrival.registration,
        deployment_id=arrival.deployment.id,
        context=arrival.context,
        membership=arrival.membership,
        resource_link_id=arrival.resource_link.id if arrival.resource_link else None,
        role="learner" if launch.role == "test" else launch.role,
        panel=launch.panel,
        badge_key=launch.badge or None,
        locale=launch.locale or None,
        deep_linking=launch.deep_linking and launch.deep_linking.as_stored(),
        created_at=now,
        last_used_at=now,
        expires_at=now + ABSOLUTE,
    )
    session.add(opened)
    session.flush()
    return opened, token


def find_session(session: Session, token: str, now: datetime) -> LaunchSession | None:
    """Return the session of a token while it lasts, with all that guards ask of it.

    It ends after an hour without renewal, after eight hours in any case, and at once
    when its registration or deployment is no longer active.
    """
    moments = {"now": now, "idle_since": now - IDLE}
    return session.scalar(BY_TOKEN, {"wanted": _hash(token), **moments})


def renew(session: Session, opened: LaunchSession, now: datetime) -> datetime:
    """Begin the idle hour anew; return when the session will end unless renewed."""
    opened.last_used_at = max(opened.last_used_at, now)
    session.flush()
    return min(opened.last_used_at + IDLE, opened.expires_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
