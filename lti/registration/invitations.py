"""Invitations: the only door through which a platform may register itself."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lti import registrations
from lti.addresses import Origin
from lti.registrations import RegistrationRefused
from models import Invitation, Registration

LONGEST = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Whom an invitation is for, and how far it reaches."""

    tenant: str
    days: int = 7
    internal_hosts: Sequence[str] = ()
    """Hosts that may lie in a private network, by the operator's word."""
    updates: str | None = None
    """The public id of the registration that may be changed; None: a new one."""
    time_zone: str | None = None
    """The zone of a new tenant's days, if not the operator's."""


def invite(
    session: Session, terms: Terms, now: datetime, *, time_zone: str = "UTC"
) -> tuple[Invitation, str]:
    """Make an invitation; return it with its secret, which is told once.

    Raises RegistrationRefused for a registration that is not the tenant's, a host
    that is none and a time that is too short or too long.
    """
    if not timedelta() < timedelta(days=terms.days) <= LONGEST:
        raise RegistrationRefused("An invitation is good for 1 to 90 days.")
    tenant = registrations.tenant_of(
        session, terms.tenant, now, asked=terms.time_zone, default=time_zone
    )
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        token_hash=_hash(secret),
        tenant_id=tenant.id,
        registration=_updated(session, terms.updates, tenant.id),
        internal_hosts=sorted({_host(host) for host in terms.internal_hosts}),
        created_at=now,
        expires_at=now + timedelta(days=terms.days),
    )
    session.add(invitation)
    session.flush()
    return invitation, secret


def claim(session: Session, secret: str, now: datetime) -> Invitation | None:
    """Use an invitation up; of all who try at once, one gets it.

    None for one that is unknown, used or over: nobody is told which.
    """
    taken = session.scalar(
        sa.update(Invitation)
        .where(Invitation.token_hash == _hash(secret))
        .where(Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(used_at=now)
        .returning(Invitation.id)
    )
    if taken is None:
        return None
    query = sa.select(Invitation).where(Invitation.id == taken)
    with_all = (joinedload(Invitation.registration), joinedload(Invitation.tenant))
    return session.scalars(query.options(*with_all)).one()


def is_open(session: Session, secret: str, now: datetime) -> bool:
    """Tell whether an invitation could be used now."""
    query = sa.select(Invitation.id).where(
        Invitation.token_hash == _hash(secret),
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )
    return session.scalar(query) is not None


def give_back(session: Session, invitation: Invitation) -> None:
    """Make an invitation usable again: nothing came of its use, on neither side."""
    session.execute(
        sa.update(Invitation)
        .where(Invitation.id == invitation.id)
        .values(used_at=None)
        .execution_options(synchronize_session=False)
    )


def _updated(
    session: Session, public_id: str | None, tenant_id: int
) -> Registration | None:
    if public_id is None:
        return None
    found = registrations.find(session, public_id)
    if found is None or found.tenant_id != tenant_id:
        raise RegistrationRefused(
            f"This organisation has no registration {public_id}; "
            "`flask platform list` shows them."
        )
    return found


def _host(text: str) -> str:
    found = Origin.of(f"https://{text}")
    if found is None or found.host != text.lower():
        raise RegistrationRefused(f"{text} is no host such as lms.school.local.")
    return found.host


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
