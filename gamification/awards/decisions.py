"""What people decide about an award that is there: to end it, or to let it last."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.awards.statements import EXPIRED, UNMET
from gamification.feedback import Change, tell, tell_programs
from models import Award, StreamEvent
from models.locks import lock_course

OURS = frozenset({EXPIRED, UNMET})
"""Reasons that Laurel gives by itself."""


@dataclass(frozen=True)
class Revocation:
    """Why an award is taken back, and what follows."""

    reason: str
    bars: bool = True
    """The badge is not given again, by rule or by hand, until that is lifted."""


class DecisionRefused(Exception):
    """What was decided cannot be, as things are; the message says why."""


def is_over(award: Award, now: datetime) -> bool:
    """Tell whether an award has ended, noticed or not."""
    has_expired = award.expires_at is not None and award.expires_at <= now
    return award.ended_at is not None or has_expired


def take(session: Session, context_id: int, public_id: str) -> Award | None:
    """Return a course's award to decide about; nobody else does until the end.

    Locks the course. None where it has no such award, whoever else has.
    """
    lock_course(session, context_id)
    query = sa.select(Award).where(
        Award.context_id == context_id, Award.public_id == public_id
    )
    return session.scalar(query.execution_options(populate_existing=True))


def revoke(
    session: Session, award: Award, why: Revocation, by: Giver, now: datetime
) -> None:
    """End an award, for a reason that its owner may read.

    Raises DecisionRefused for an award that is over, and for a reason that would
    read as one of Laurel's own.
    """
    if why.reason in OURS:
        raise DecisionRefused("Laurel says that itself: please say why in other words.")
    if is_over(award, now):
        raise DecisionRefused("This award is over already.")
    award.ended_at, award.end_reason = now, why.reason
    award.ended_by, award.bars_regrant = by.id, why.bars
    _announce(session, award, "revoked", now)


def lift(session: Session, award: Award, now: datetime) -> bool:
    """Let a badge be earned and given again after a revocation; tell if it was not."""
    if not award.bars_regrant:
        return False
    award.bars_regrant = False
    _announce(session, award, "lifted", now)
    return True


def renew(
    session: Session, award: Award, expires_at: datetime | None, now: datetime
) -> bool:
    """Let an open award last until a moment, or for good; tell if that is news.

    Whoever was warned will be warned again. Raises DecisionRefused for an award that
    is over and for a moment that has passed.
    """
    if is_over(award, now):
        raise DecisionRefused("This award is over: it can be given anew.")
    if expires_at is not None and expires_at <= now:
        raise DecisionRefused(
            "That moment has passed: an award is ended by revoking it."
        )
    if award.expires_at == expires_at:
        return False
    award.expires_at, award.warned_at = expires_at, None
    _announce(session, award, "renewed", now)
    return True


def _announce(session: Session, award: Award, kind: str, now: datetime) -> None:
    """Tell its owner, once, by a row that stays, and their streams; and programs."""
    session.flush()
    # An award is renewed more than once, and each time is another change.
    again = f":{now.timestamp():.6f}" if kind == "renewed" else ""
    key, subject = f"{kind}:{award.id}{again}", {"award": award.id}
    change = Change(award.membership_id, kind, key, subject)
    tell(session, award.context_id, [change], now)
    tell_programs(session, award.context_id, kind, Award.id == award.id, now)
    session.add(
        StreamEvent(
            context_id=award.context_id,
            membership_id=award.membership_id,
            audience="member",
            kind=f"award_{kind}",
            subject=subject,
            created_at=now,
        )
    )
    session.flush()
