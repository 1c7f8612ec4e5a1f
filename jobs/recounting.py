"""A course's points counted anew, after what they hang on changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from gamification.activity import EVALUATE_COURSE, rebuild, request
from gamification.metrics import day_of
from gamification.standings.freezing import freeze
from jobs.clock import now
from jobs.freshness import RECOUNT_COURSE
from jobs.outbox import wake_after_commit
from jobs.steps import written
from models import Context
from models.db import db


def request_recount(session: Session, context: Context, now: datetime) -> None:
    """Ask the worker to count a course anew, soon after the caller committed.

    A large course takes longer than anybody would wait for an answer. Until then there
    is no board of a new term, and a new zone is only a wish: facts are counted and badges awarded by the days of the
    old one. By days of both a badge could come out that neither gives.
    """
    request(session, RECOUNT_COURSE, context.id, now, now)
    wake_after_commit(session)


def recount_course(context_id: int) -> None:
    """Let a course's chosen zone and term begin, and derive points and totals by them.

    Awards that were earned by the old days stay; those of the new ones are asked for.
    """
    session = db.session()

    def recount(context: Context) -> None:
        moment = now()
        # By the days of the old zone: what is over stays as it is.
        freeze(session, context, moment)
        context.time_zone = context.next_time_zone or context.time_zone
        context.next_time_zone = None
        chosen = (context.term_start, context.term_end)
        if chosen != context.ranked_term:
            context.ranked_from, context.ranked_to = chosen
            context.ranked_since = day_of(moment, context.zone)
        rebuild(session, context, moment)
        request(session, EVALUATE_COURSE, context.id, moment, moment)
        wake_after_commit(session)

    written(session, context_id, recount)
