"""Keys of programs: made, found, replaced and ended, with a line in the audit each."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from gamification.awards.giving import BY_COMMAND
from lti import audit
from models import ApiKey, Tenant

PREFIX = "laurel_"
COURSES_READ = "courses:read"
PEOPLE_READ = "people:read"
EVENTS_WRITE = "events:write"
AWARDS_WRITE = "awards:write"
PEOPLE_WRITE = "people:write"
AUDIT_READ = "audit:read"
WEBHOOKS_WRITE = "webhooks:write"
PERMISSIONS = {
    COURSES_READ: "courses, their badges, items, settings, experiments and boards by alias",
    PEOPLE_READ: "who is in a course, with names, awards and what they did; merges",
    EVENTS_WRITE: "report what learners did",
    AWARDS_WRITE: "give, renew and revoke awards",
    PEOPLE_WRITE: "let two users of the organisation be one person, and take it back",
    AUDIT_READ: "what was decided in the organisation, by whom, and the chain's head",
    WEBHOOKS_WRITE: "which other programs are told of the organisation's awards",
}
"""All that a key can be allowed."""
OVERLAP = timedelta(hours=24)
"""So long the old key still opens after it was replaced."""
NOTED_EVERY = timedelta(hours=1)
BY_KEY = (
    sa.select(ApiKey)
    .join(ApiKey.tenant)
    .options(contains_eager(ApiKey.tenant))
    .where(
        ApiKey.key_hash == sa.bindparam("wanted"),
        ApiKey.expires_at > sa.bindparam("now"),
        sa.or_(ApiKey.revoked_at.is_(None), ApiKey.revoked_at > sa.bindparam("now")),
    )
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A key as its maker wants it."""

    name: str
    permissions: Collection[str]
    expires_at: datetime
    created_by: str = BY_COMMAND.id


def create(
    session: Session, tenant: Tenant, wanted: Wanted, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key of a tenant; return it with its secret, which is told once.

    Raises ValueError for no permission and for one that there is not.
    """
    unknown = sorted(set(wanted.permissions) - PERMISSIONS.keys())
    if unknown or not wanted.permissions:
        raise ValueError(f"A key has some of these permissions: {_listed()}.")
    key, secret = _made(session, tenant, wanted, now)
    _note(session, "api_key_created", now, key, {"permissions": key.permissions})
    return key, secret


def rotate(
    session: Session, old: ApiKey, expires_at: datetime, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key in the place of another, which opens for another day.

    Raises ValueError for a key that is over.
    """
    if not is_open(old, now):
        raise ValueError("This key is over: make a new one.")
    wanted = Wanted(name=old.name, permissions=old.permissions, expires_at=expires_at)
    key, secret = _made(session, old.tenant, wanted, now)
    end = now + OVERLAP
    old.revoked_at = min(old.revoked_at or end, end)
    _note(session, "api_key_rotated", now, key, {"instead_of": old.public_id})
    return key, secret


def revoke(session: Session, key: ApiKey, now: datetime) -> bool:
    """Let a key open nothing from now on; tell whether it did until now."""
    if not is_open(key, now):
        return False
    key.revoked_at = now
    _note(session, "api_key_revoked", now, key, {})
    return True


def find(session: Session, secret: str, now: datetime) -> ApiKey | None:
    """Return the key of a secret while it is good."""
    return session.scalar(BY_KEY, {"wanted": _hash(secret), "now": now})


def keys_of(session: Session, tenant: Tenant) -> list[ApiKey]:
    """Return every key that a tenant ever had, the newest first."""
    query = sa.select(ApiKey).where(ApiKey.tenant_id == tenant.id)
    return list(session.scalars(query.order_by(ApiKey.id.desc())))


def key_of(session: Session, tenant: Tenant, public_id: str) -> ApiKey | None:
    """Return a tenant's key by its id."""
    return session.scalar(
        sa.select(ApiKey).where(
            ApiKey.tenant_id == tenant.id, ApiKey.public_id == public_id
        )
    )


def is_open(key: ApiKey, now: datetime) -> bool:
    """Tell whether a key opens anything at a moment."""
    return key.expires_at > now and (key.revoked_at is None or key.revoked_at > now)


def is_to_be_noted(key: ApiKey, now: datetime) -> bool:
    """Tell whether it is an hour since a key's use was noted."""
    return key.last_used_at is None or key.last_used_at <= now - NOTED_EVERY


def note_use(session: Session, key_id: int, now: datetime) -> None:
    """Write down that a key was used just now."""
    session.execute(
        sa.update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now)
    )


def _made(
    session: Session, tenant: Tenant, wanted: Wanted, now: datetime
) -> tuple[ApiKey, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        tenant=tenant,
        name=wanted.name,
        key_hash=_hash(secret),
        permissions=sorted(set(wanted.permissions)),
        created_by=wanted.created_by,
        created_at=now,
        expires_at=wanted.expires_at,
    )
    session.add(key)
    session.flush()
    return key, secret


def _note(
    session: Session, action: str, now: datetime, key: ApiKey, said: dict[str, Any]
) -> None:
    details = {"key": key.public_id, "by": key.created_by, **said}
    audit.note(session, action, now, tenant_id=key.tenant_id, **details)


def _listed() -> str:
    return ", ".join(PERMISSIONS)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
