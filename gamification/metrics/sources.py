"""What a course's sources report: a platform may tell grades and no more."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import AUTHORED
from models import Earned, Membership


def unfed(session: Session, context_id: int) -> frozenset[str]:
    """Name the metrics that nobody in a course can raise, by all we know so far.

    They are those of handed-in work and posts, until the first one is reported.
    """
    # Member by member: the course's own index would be read to its end.
    reported = (
        sa.exists()
        .where(Earned.membership_id == Membership.id, Earned.kind.in_(AUTHORED))
        .where(Membership.context_id == context_id)
    )
    if session.scalar(sa.select(reported)):
        return frozenset()
    return frozenset({"authored"})
