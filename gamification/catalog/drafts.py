"""A course's badge by its key, and how a draft keeps what another program wrote."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Badge, BadgeVersion

SOURCE, RULE = "source", "proposal"


def find_badge(
    session: Session, context_id: int, key: str
) -> tuple[Badge | None, BadgeVersion | None]:
    """Return a course's badge of a key as it is now, with its version of today."""
    row = session.execute(
        sa.select(Badge, BadgeVersion)
        .outerjoin(
            BadgeVersion,
            (BadgeVersion.badge_id == Badge.id) & BadgeVersion.retired_at.is_(None),
        )
        .where(Badge.context_id == context_id, Badge.key == key)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)
