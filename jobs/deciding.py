"""What the operator decides about awards: each decision a transaction of its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from gamification.awards.decisions import Revocation, take
from gamification.awards.giving import Gift, Giver, Outcome
from gamification.awards.history import course_of
from gamification.metrics.periods import begin_of
from jobs import decisions
from jobs.clock import now
from jobs.steps import written
from models import Award, Context
from models.db import db

OPERATOR = Giver("operator", "operator")


def grant_one(context_id: int, gift: Gift, last_day: date | None = None) -> Outcome:
    """Give a badge; it ends with a day, as the course lives it, if that is named."""
    session = db.session()

    def work(context: Context) -> Outcome:
        wanted = gift
        if last_day is not None:
            end = begin_of(last_day + timedelta(days=1), context.zone)
            wanted = replace(gift, expires_at=end)
        return decisions.grant(session, context, [wanted], OPERATOR, now())[0]

    return written(session, context_id, work)


def revoke_one(public_id: str, why: Revocation) -> bool:
    """End an award; False where there is none. Raises as `decisions.revoke` does."""

    def end(session: Session, award: Award) -> None:
        decisions.revoke(session, award, why, OPERATOR, now())

    return _decided(public_id, end)


def lift_one(public_id: str) -> bool:
    """Lift an award's bar; False where there is no such award."""

    def lift(session: Session, award: Award) -> None:
        decisions.lift(session, award, OPERATOR, now())

    return _decided(public_id, lift)


def _decided(public_id: str, decide: Callable[[Session, Award], None]) -> bool:
    session = db.session()
    context_id = course_of(session, public_id)
    if context_id is None:
        return False

    def work(context: Context) -> bool:
        award = take(session, context.id, public_id)
        if award is not None:
            decide(session, award)
        return award is not None

    return written(session, context_id, work)
