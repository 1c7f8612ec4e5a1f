"""Dealing leagues: each week anew, and a place for who came within it."""

from gamification.standings.dealing import deal, due_leagues
from jobs.clock import now
from jobs.steps import written
from models import Context
from models.db import db


def deal_due_leagues() -> int:
    """Deal each course whose week began, or in which somebody came or left.

    Returns in how many courses a place changed.
    """
    session = db.session()
    due = due_leagues(session, now())
    session.rollback()
    return sum(written(session, context_id, _dealt) for context_id in due)


def _dealt(context: Context) -> bool:
    return deal(db.session(), context, now())
