"""What a course's sources report: a platform may tell grades and no more."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.definitions import AUTHORED
from gamification.metrics.weights import TIME
from models import Earned, Membership

FED_BY: Mapping[str, tuple[str, ...]] = {
    "authored": AUTHORED,
    "time_spent": (TIME.kind,),
}
"""The metrics that not every platform raises, by what does: results alone, which all
of them report, raise the others."""


def unfed(session: Session, context_id: int) -> frozenset[str]:
    """Name the metrics that nobody in a course can raise, by all we know so far.

    They are those of handed-in work and posts, and that of time, until the first of
    either is reported. One question.
    """
    reported = [
        _is_reported(context_id, kinds).label(name) for name, kinds in FED_BY.items()
    ]
    found = session.execute(sa.select(*reported)).mappings().one()
    return frozenset(name for name, is_fed in found.items() if not is_fed)


def _is_reported(context_id: int, kinds: tuple[str, ...]) -> sa.ColumnElement[bool]:
    # Member by member: the course's own index would be read to its end.
    return (
        sa.exists()
        .where(Earned.membership_id == Membership.id, Earned.kind.in_(kinds))
        .where(Membership.context_id == context_id)
    )
