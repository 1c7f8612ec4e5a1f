"""What follows from new points and results for those who earned them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.standings.bests import renew_bests
from gamification.standings.reaching import reach
from gamification.switches import Switch
from models import Context


def follow(
    session: Session,
    context: Context,
    now: datetime,
    members: Collection[int],
    *,
    switch: Switch,
) -> None:
    """Bring bests and milestones of some hundred members up to date, and tell them.

    While a switch is off nobody is told and nobody reaches anything; bests, which are
    derived, follow all the same. The caller has locked the course.
    """
    renew_bests(session, context, now, members, silent=not switch.on)
    if switch.on:
        reach(session, context, now, members)
