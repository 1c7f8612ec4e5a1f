"""What happened that an operator or a person may ask about; never a secret."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Registration


def note(
    session: Session,
    action: str,
    now: datetime,
    *,
    registration: Registration | None = None,
    **details: Any,  # noqa: ANN401 -- whatever JSON can hold
) -> None:
    """Write one entry; details are words of ours, never what a platform sent."""
    session.execute(
        sa.insert(AuditEntry).values(
            tenant_id=registration.tenant_id if registration else None,
            registration_id=registration.id if registration else None,
            happened_at=now,
            action=action,
            error_id=details.pop("error_id", None),
            details=details,
        )
    )
