"""Which platforms may launch us: registrations and their deployments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lti.addresses import is_callable, origin
from models import Context, Deployment, Registration, Tenant
from models.upsert import insert

LONGEST_KEY = 64


class RegistrationRefused(Exception):
    """What was given cannot be a platform; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a platform's administration page tells about itself."""

    tenant: str
    issuer: str
    client_id: str
    auth_login_url: str
    token_url: str
    jwks_url: str
    audience: str | None = None
    deployments: Sequence[str] = ()
    frame_origins: Sequence[str] = ()
    time_zone: str | None = None
    """The zone of a new tenant's days, if not the operator's."""


def add(
    session: Session,
    details: Details,
    now: datetime,
    *,
    development: bool,
    time_zone: str = "UTC",
) -> Registration:
    """Add a platform, and its tenant if that is new; it may launch at once.

    A new tenant's days are those of `details.time_zone`, else of `time_zone`.

    With deployments only those are let in, without any every one is. The pair of
    issuer and client id may exist already: the login address tells them apart.
    Raises RegistrationRefused for an address we would never call, and for a zone
    that is none or is not the one of a known tenant.
    """
    _refuse_bad_addresses(details, development=development)
    tenant = tenant_of(
        session, details.tenant, now, asked=details.time_zone, default=time_zone
    )
    registration = Registration(
        tenant_id=tenant.id,
        issuer=details.issuer,
        client_id=details.client_id,
        auth_login_url=details.auth_login_url,
        token_url=details.token_url,
        jwks_url=details.jwks_url,
        audience=details.audience,
        deployments="listed" if details.deployments else "any",
        frame_origins=sorted({str(origin(url)) for url in details.frame_origins}),
        created_at=now,
    )
    session.add(registration)
    session.flush()
    for lti_id in details.deployments:
        admit(session, registration, lti_id, now)
    return registration


def find(session: Session, public_id: str) -> Registration | None:
    """Return the registration of this id, whatever its state."""
    if not public_id.isprintable():
        # PostgreSQL takes no NUL in a text, not even to look for it.
        return None
    return session.scalar(sa.select(Registration).filter_by(public_id=public_id))


def tenant_of(
    session: Session, key: str, now: datetime, *, asked: str | None, default: str
) -> Tenant:
    """Return the tenant of a key; a new one is made, in the zone asked or by default.

    Raises RegistrationRefused for a key that is none, and for a zone that is none or
    is not the one of a known tenant.
    """
    if not key or len(key) > LONGEST_KEY:
        raise RegistrationRefused("An organisation's key has 1 to 64 characters.")
    if asked and asked not in available_timezones():
        raise RegistrationRefused(f"{asked} is no time zone such as Europe/Berlin.")
    found = session.scalar(sa.select(Tenant).filter_by(key=key))
    if found is None:
        found = Tenant(key=key, name=key, time_zone=asked or default, created_at=now)
        session.add(found)
        session.flush()
    elif asked and asked != found.time_zone:
        # Days that were counted already would be other days.
        raise RegistrationRefused(
            f"The organisation {key} is known and its zone is {found.time_zone}; "
            "courses that need another one have a zone of their own."
        )
    return found


def every(session: Session) -> list[Registration]:
    """Return all registrations with their tenants, oldest first."""
    query = sa.select(Registration).options(joinedload(Registration.tenant))
    return list(session.scalars(query.order_by(Registration.id)))


def namesakes(session: Session, registration: Registration) -> int:
    """Count the other active registrations of the same issuer and client id."""
    query = sa.select(sa.func.count()).where(
        Registration.issuer == registration.issuer,
        Registration.client_id == registration.client_id,
        Registration.state == "active",
        Registration.id != registration.id,
    )
    return session.scalar(query) or 0


def known_elsewhere(session: Session, registration: Registration) -> list[Registration]:
    """Return the registrations of the same client id at other token hosts.

    One key signs for all: what is sent to the one could be shown to the other.
    """
    own = origin(registration.token_url).host
    query = sa.select(Registration).where(
        Registration.client_id == registration.client_id,
        Registration.id != registration.id,
    )
    rows = session.scalars(query.order_by(Registration.id))
    return [row for row in rows if origin(row.token_url).host != own]


def allow_origins(
    registration: Registration, urls: Sequence[str], *, development: bool
) -> None:
    """Let these origins frame us and be called, by the operator's word.

    Raises RegistrationRefused for one that is no https origin.
    """
    for url in urls:
        if not is_callable(url, development=development):
            raise RegistrationRefused(f"{url} is not an https address.")
    added = {str(origin(url)) for url in urls}
    registration.frame_origins = sorted({*registration.frame_origins, *added})


def deployments_of(session: Session, registration: Registration) -> list[Deployment]:
    """Return the deployments seen or listed, oldest first."""
    query = sa.select(Deployment).filter_by(registration_id=registration.id)
    return list(session.scalars(query.order_by(Deployment.id)))


def last_launches(session: Session, registration: Registration) -> dict[int, datetime]:
    """Return when each deployment that was ever launched from was so last."""
    query = (
        sa.select(Context.deployment_id, sa.func.max(Context.last_launch_at))
        .where(Context.registration_id == registration.id)
        .group_by(Context.deployment_id)
    )
    return {place: last for place, last in session.execute(query) if last}


def admit(
    session: Session, registration: Registration, lti_id: str, now: datetime
) -> None:
    """Let a deployment in, seen or not."""
    _set_deployment(session, registration, lti_id, "active", now)


def shut_out(
    session: Session, registration: Registration, lti_id: str, now: datetime
) -> None:
    """Shut a deployment out, seen or not; its sessions end at once."""
    _set_deployment(session, registration, lti_id, "disabled", now)


def note_pending(
    session: Session, registration: Registration, lti_id: str, now: datetime
) -> None:
    """Remember a deployment that knocked; one that is known stays as it is."""
    session.execute(
        insert(session, Deployment)
        .values(
            registration_id=registration.id,
            tenant_id=registration.tenant_id,
            lti_id=lti_id,
            state="pending",
            first_seen_at=now,
        )
        .on_conflict_do_nothing(index_elements=["registration_id", "lti_id"])
    )


def _set_deployment(
    session: Session,
    registration: Registration,
    lti_id: str,
    state: str,
    now: datetime,
) -> None:
    note_pending(session, registration, lti_id, now)
    session.execute(
        sa.update(Deployment)
        .filter_by(registration_id=registration.id, lti_id=lti_id)
        .values(state=state)
    )


def _refuse_bad_addresses(details: Details, *, development: bool) -> None:
    if not details.issuer or not details.client_id or not details.tenant:
        raise RegistrationRefused("Tenant, issuer and client id must not be empty.")
    called = {
        "The auth login URL": details.auth_login_url,
        "The token URL": details.token_url,
        "The JWKS URL": details.jwks_url,
    }
    framing = {f"The frame origin {url}": url for url in details.frame_origins}
    for name, url in {**called, **framing}.items():
        if not is_callable(url, development=development):
            raise RegistrationRefused(
                f"{name} must be https (or, with LAUREL_ENV=development, http on a "
                "loopback host), without a user name and a fragment."
            )
