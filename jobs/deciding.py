"""What the operator decides about awards: each decision a transaction of its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from gamification.awards.claims import CodeRow, Terms
from gamification.awards.decisions import Revocation, take
from gamification.awards.giving import BY_COMMAND, Gift, Outcome
from gamification.awards.history import course_of
from gamification.metrics.periods import begin_of
from jobs import decisions
from jobs.clock import now
from jobs.steps import written
from models import Award, Context
from models.db import db

ONE_DAY = timedelta(days=1)


def grant_one(context_id: int, gift: Gift, last_day: date | None = None) -> Outcome:
    """Give a badge; it ends with a day, as the course lives it, if that is named."""
    session = db.session()

    def work(context: Context) -> Outcome:
        wanted = replace(gift, expires_at=_end_of(last_day, context))
        return decisions.grant(session, context, [wanted], BY_COMMAND, now())[0]

    return written(session, context_id, work)


def revoke_one(public_id: str, why: Revocation) -> bool:
    """End an award; False where there is none. Raises as `decisions.revoke` does."""

    def end(session: Session, award: Award) -> None:
        decisions.revoke(session, award, why, BY_COMMAND, now())

    return _decided(public_id, end)


def lift_one(public_id: str) -> bool:
    """Lift an award's bar; False where there is no such award."""

    def lift(session: Session, award: Award) -> None:
        decisions.lift(session, award, BY_COMMAND, now())

    return _decided(public_id, lift)


def renew_one(public_id: str, last_day: date | None) -> bool:
    """Let an award last until the end of a day, or for good; False where there is none.

    Raises as `decisions.renew` does.
    """

    def renew(session: Session, award: Award) -> None:
        context = session.get_one(Context, award.context_id)
        end = _end_of(last_day, context)
        decisions.renew(session, award, end, BY_COMMAND, now())

    return _decided(public_id, renew)


def make_code(
    context_id: int, badge: str, uses: int, last_day: date
) -> tuple[CodeRow, str]:
    """Make a code that is good until the end of a day; return it with its word.

    Raises ValueError, with a sentence, for a day that is over and for a badge that the
    course does not give.
    """
    session = db.session()

    def work(context: Context) -> tuple[CodeRow, str]:
        moment, end = now(), begin_of(last_day + ONE_DAY, context.zone)
        if end <= moment:
            raise ValueError("That day is over.")
        terms = Terms(badge, uses, end)
        made = decisions.make_code(session, context, terms, BY_COMMAND, moment)
        if made is None:
            raise ValueError("There is no such badge here to give.")
        return made

    return written(session, context_id, work)


def revoke_code(context_id: int, public_id: str) -> bool:
    """Let a course's code give nothing any more; False where it has no such code."""
    session = db.session()

    def work(context: Context) -> bool:
        ended = decisions.revoke_code(session, context, public_id, BY_COMMAND, now())
        return ended is not None

    return written(session, context_id, work)


def _end_of(day: date | None, context: Context) -> datetime | None:
    """Return when a day ends, as the course lives it."""
    return begin_of(day + ONE_DAY, context.zone) if day else None


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
