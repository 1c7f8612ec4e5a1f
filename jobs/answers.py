"""What writes were answered, kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import KeptAnswer
from models.upsert import insert

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """An answer, as it can be given again."""

    status: int
    body: dict[str, Any]
    tag: str = ""


def find(
    session: Session, membership_id: int, key: str, now: datetime
) -> KeptAnswer | None:
    """Return what a member's write of this key was answered within a day."""
    return session.scalar(
        sa.select(KeptAnswer)
        .where(
            KeptAnswer.membership_id == membership_id,
            KeptAnswer.key == key,
            KeptAnswer.created_at > now - KEPT,
        )
        .execution_options(populate_existing=True)
    )


def keep(
    session: Session,
    membership_id: int,
    asked: tuple[str, str],
    said: Said,
    now: datetime,
) -> None:
    """Keep an answer under its key; `asked` is the key, and what was asked with it.

    It takes the place of one whose day is over.
    """
    key, fingerprint = asked
    values = {
        "asked": fingerprint,
        "status": said.status,
        "body": said.body,
        "tag": said.tag,
        "created_at": now,
    }
    session.execute(
        insert(session, KeptAnswer)
        .values(membership_id=membership_id, key=key, **values)
        .on_conflict_do_update(index_elements=["membership_id", "key"], set_=values)
    )
