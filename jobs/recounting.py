"""A course's points counted anew, after what they hang on changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from gamification.activity import EVALUATE_COURSE, rebuild, request
from jobs.clock import now
from jobs.freshness import RECOUNT_COURSE
from jobs.outbox import wake_after_commit
from jobs.steps import written
from models import Context
from models.db import db


def request_recount(session: Session, context: Context, now: datetime) -> None:
    """Ask the worker to count a course anew, soon after the caller committed.

    A large course takes longer than anybody would wait for an answer. What is
    recorded until then is counted in its place and comes out the same.
    """
    request(session, RECOUNT_COURSE, context.id, now, now)
    wake_after_commit(session)


def recount_course(context_id: int) -> None:
    """Derive a course's points and totals from its log, and ask for its awards."""
    session = db.session()

    def recount(context: Context) -> None:
        moment = now()
        rebuild(session, context, moment)
        request(session, EVALUATE_COURSE, context.id, moment, moment)
        wake_after_commit(session)

    written(session, context_id, recount)
