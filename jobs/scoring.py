"""What people decide about points, with its line in the audit; the caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.activity.weighing import Effect, facts_in, save_weights, tried
from gamification.awards.giving import Giver
from gamification.awards.saving import quieten_all
from gamification.catalog.locks import SCORING, is_locked
from gamification.metrics.weights import Worth, newest
from gamification.switches import switch_of
from jobs.freshness import RECOUNT_COURSE
from jobs.locking import locks_of, refuse_locked
from jobs.noting import note
from jobs.outbox import unfinished_now
from jobs.recounting import request_recount
from jobs.settings import settings
from models import Context

MOST_FACTS = 20_000
"""More facts than these are not scored anew while somebody waits for an answer."""


class TooLarge(Exception):
    """A course is too large to be tried out while somebody waits."""


def save_scoring(
    session: Session,
    context: Context,
    worths: Sequence[Worth],
    by: Giver,
    now: datetime,
) -> bool:
    """Let facts be worth something else, and have the course counted anew.

    What that gives for the past is told to nobody. Tells whether anything differs;
    raises what `save_weights` raises, and Locked, except for the operator.
    """
    refuse_locked(context, by, SCORING)
    if not save_weights(session, context, worths):
        return False
    quieten_all(session, context.id)
    request_recount(session, context, now)
    version, _ = newest(session, context.id)
    note(session, context, "scoring_saved", by, now, {"version": version})
    return True


def preview_scoring(
    session: Session,
    context: Context,
    worths: Sequence[Worth],
    now: datetime,
    *,
    most: int | None = MOST_FACTS,
) -> Effect:
    """Say what other weights would come to; all of it is undone, and nothing written.

    Raises what `save_weights` raises, and TooLarge for a course of more than `most`
    facts.
    """
    if most is not None and facts_in(session, context.id) > most:
        raise TooLarge
    switch = switch_of(context, environment=settings().gamification_enabled)
    try:
        return tried(session, context, worths, now, switch=switch)
    finally:
        session.rollback()


def is_recounted(session: Session, context: Context) -> bool:
    """Tell whether a course is about to be counted anew."""
    return unfinished_now(session, context.id, RECOUNT_COURSE)


def is_scoring_locked(context: Context) -> bool:
    """Tell whether a course's organisation keeps its weights as they are."""
    return is_locked(locks_of(context), SCORING)
