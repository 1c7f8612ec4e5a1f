"""Which badges there are to give."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Badge, BadgeVersion, Context


@dataclass(frozen=True)
class Giveable:
    """A badge of the course, and its version of today."""

    badge_id: int
    state: str
    version_id: int
    valid_days: int | None


def giveable_badges(session: Session, context: Context) -> dict[str, Giveable]:
    """Return the badges of a course by their keys, in the catalog's order."""
    held = (Badge.state == "active") & Badge.held_at.is_not(None)
    rows = session.execute(
        sa.select(
            *(Badge.key, Badge.id, sa.case((held, "held"), else_=Badge.state)),
            *(BadgeVersion.id, BadgeVersion.valid_days),
        )
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context.id, BadgeVersion.retired_at.is_(None))
        .order_by(Badge.position, Badge.id),
    )
    return {key: Giveable(*rest) for key, *rest in rows}
