"""What happened that an operator or a person may ask about; never a secret."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Registration

REFUSALS = (
    "login_refused",
    "launch_refused",
    "registration_refused",
    "notice_refused",
    "refusals_unnoted",
)
ALERTS = ("service_address_refused", "alerts_unnoted")
PASSING = (*REFUSALS, *ALERTS)
"""What anybody can cause again and again: kept for a while, not for ever."""
MOST_REFUSALS = 60
"""So many a minute are noted of each platform, and of all logins of none."""
MINUTE = timedelta(minutes=1)


def note(
    session: Session,
    action: str,
    now: datetime,
    *,
    registration: Registration | None = None,
    tenant_id: int | None = None,
    **details: Any,  # noqa: ANN401 -- whatever JSON can hold
) -> None:
    """Write one entry; its tenant is the registration's, if that is given.

    Details are words of ours or the operator's. What a platform sent is in them only
    where it is what an approved registration was changed from.
    """
    session.execute(
        sa.insert(AuditEntry).values(
            tenant_id=registration.tenant_id if registration else tenant_id,
            registration_id=registration.id if registration else None,
            happened_at=now,
            action=action,
            error_id=details.pop("error_id", None),
            details=details,
        )
    )


def alert(
    session: Session, now: datetime, registration: Registration, *, service: str
) -> None:
    """Note that a launch named a service's address elsewhere, sixty times a minute.

    The entry after those says that there are more.
    """
    noted = _noted(session, ALERTS, registration, now)
    refused, unnoted = ALERTS
    if noted < MOST_REFUSALS:
        note(session, refused, now, registration=registration, service=service)
    elif noted == MOST_REFUSALS:
        note(session, unnoted, now, registration=registration)


def refusal(
    session: Session,
    action: str,
    now: datetime,
    *,
    noted: int,
    registration: Registration | None,
    **details: str,
) -> None:
    """Write a refusal down, after so many `noted` within the last minute.

    The sixtieth says that there are more, and those after it are in the log alone.
    """
    if noted > MOST_REFUSALS:
        return
    if noted == MOST_REFUSALS:
        action, details["reason"] = "refusals_unnoted", "more_in_the_log"
    note(session, action, now, registration=registration, tenant_id=None, **details)


def refusals_noted(
    session: Session, registration: Registration | None, now: datetime
) -> int:
    """Count the refusals of a platform, or of none, within the last minute."""
    return _noted(session, REFUSALS, registration, now)


def _noted(
    session: Session,
    actions: tuple[str, ...],
    registration: Registration | None,
    now: datetime,
) -> int:
    query = sa.select(sa.func.count()).where(
        AuditEntry.tenant_id == (registration.tenant_id if registration else None),
        AuditEntry.registration_id == (registration.id if registration else None),
        AuditEntry.happened_at > now - MINUTE,
        AuditEntry.action.in_(actions),
    )
    return session.scalar(query) or 0
