"""What a member wants to be told of: everything, until they say otherwise."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Membership, NotificationPreference


def kinds_off(session: Session, member: Membership) -> list[str]:
    """Return the kinds of news that a member does not want, in alphabetical order."""
    query = sa.select(NotificationPreference.kind).where(
        NotificationPreference.membership_id == member.id
    )
    return sorted(session.scalars(query))


def set_kinds_off(
    session: Session, member: Membership, kinds: Collection[str], now: datetime
) -> None:
    """Write no news of these kinds from now on, and of all others again.

    What was told stays; what was not is not told later.
    """
    session.execute(
        sa.delete(NotificationPreference).where(
            NotificationPreference.membership_id == member.id
        )
    )
    row = {"context_id": member.context_id, "membership_id": member.id}
    rows = [{**row, "kind": kind, "created_at": now} for kind in sorted(set(kinds))]
    if rows:
        session.execute(sa.insert(NotificationPreference), rows)
