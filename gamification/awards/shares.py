"""How much of what a course offers somebody holds."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.awarded import is_open
from gamification.metrics.people import RANKED
from models import Award, Badge, Membership


def shares(
    session: Session, context_id: int, now: datetime
) -> tuple[dict[int, int], int]:
    """Return how many badges each active learner of a course holds, and of how many.

    Badges that are drafts or retired count on neither side.
    """
    offered = sa.and_(Badge.context_id == context_id, Badge.state == "active")
    total = session.scalar(sa.select(sa.func.count()).where(offered)) or 0
    held = (
        sa.select(Award.membership_id, sa.func.count(Award.id))
        .join(Badge, sa.and_(Badge.id == Award.badge_id, offered))
        .join(Membership, Membership.id == Award.membership_id)
        .where(Award.context_id == context_id, is_open(now), *RANKED)
        .group_by(Award.membership_id)
    )
    return dict(session.execute(held).all()), total
