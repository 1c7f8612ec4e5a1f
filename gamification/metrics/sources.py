"""What a course's sources report: a platform may tell grades and no more."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import AUTHORED
from models import Earned, Membership
from models.activity import SPENT


def unfed(session: Session, context_id: int) -> frozenset[str]:
    """Name the metrics that nobody in a course can raise, by all we know so far.

    They are those of handed-in work and posts, and that of time, until the first of
    either is reported: results alone, which every platform tells, raise the others.
    """
    # Member by member: the course's own index would be read to its end.
    work = (
        sa.exists()
        .where(Earned.membership_id == Membership.id, Earned.kind.in_(AUTHORED))
        .where(Membership.context_id == context_id)
    )
    # By the index of time alone, which is empty where none is reported.
    time = sa.exists().where(Earned.context_id == context_id, SPENT)
    found = session.execute(sa.select(work, time)).one()
    told = zip(("authored", "time_spent"), found, strict=True)
    return frozenset(name for name, is_reported in told if not is_reported)
