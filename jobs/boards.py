"""Showing others what changed on a board, a batch at a time."""

from gamification.standings.showing import due_boards, follow, show
from jobs.clock import now
from jobs.steps import written
from models import Context
from models.db import db


def show_due_boards() -> int:
    """Show each board whose batch is complete; return how many were.

    A board that was set up otherwise than by its page is followed here.
    """
    session = db.session()
    due = due_boards(session, now())
    session.rollback()
    return sum(written(session, context_id, _shown) for context_id in due)


def _shown(context: Context) -> bool:
    session, moment = db.session(), now()
    follow(session, context, moment)
    return show(session, context, moment, many=True)
