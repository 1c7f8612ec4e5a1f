"""What members were told, for tests."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Notification


def news(session: Session) -> list[tuple[int, str, dict[str, object]]]:
    """Return what was told, in order: to whom, of what kind, about what."""
    rows = session.scalars(sa.select(Notification).order_by(Notification.id))
    return [(row.membership_id, row.kind, row.subject) for row in rows]


def news_kinds(session: Session) -> list[str]:
    return [kind for _, kind, _ in news(session)]
