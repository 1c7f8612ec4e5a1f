"""Following up a badge that came or went: another one may ask for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.activity import EVALUATE_COURSE, request
from gamification.awards import evaluate
from gamification.switches import switch_of
from jobs import outbox
from jobs.settings import settings
from models import Context

AT_ONCE = 20
"""The rules of more people than these are looked at by a job."""


def follow_up(
    session: Session, context: Context, now: datetime, members: Sequence[int]
) -> None:
    """Look at the rules of the members whose badges changed; the caller commits.

    At most `AT_ONCE` at once; of more the whole course is looked at by a job, so
    nobody needs to name more than one above that.
    """
    if len(members) > AT_ONCE:
        ask_for_all(session, context.id, now)
    elif members:
        switch = switch_of(context, environment=settings().gamification_enabled)
        evaluate(session, context, now, switch=switch, members=members)


def ask_for_all(session: Session, context_id: int, now: datetime) -> None:
    """Have a worker look at everybody of a course soon after the caller committed."""
    request(session, EVALUATE_COURSE, context_id, now, now)
    outbox.wake_after_commit(session)
