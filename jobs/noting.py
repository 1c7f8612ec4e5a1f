"""What people decided about a course, as the audit keeps it: who, and ids alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from models import AuditEntry, Context


def note(
    session: Session,
    context: Context,
    action: str,
    by: Giver,
    now: datetime,
    *said: Mapping[str, Any],
) -> None:
    """Write an entry of the course for each of what is said, in one statement."""
    who = {"course": context.public_id, "by": by.id, "role": by.role}
    rows = [
        {
            "tenant_id": context.tenant_id,
            "registration_id": context.registration_id,
            "context_id": context.id,
            "happened_at": now,
            "action": action,
            "details": {**who, **one},
        }
        for one in said
    ]
    if rows:
        session.execute(sa.insert(AuditEntry), rows)
