"""What is told of a course's board to who is not in the course, by alias alone."""

from typing import Any

from gamification.standings import Board, Viewer, Wanted, leaderboard
from gamification.standings.lists import Listed
from gamification.standings.outside import operator, outsider
from jobs.clock import now
from models import Context
from models.db import db
from views.learner import lists_for
from views.pages import switch_now


def board_from_outside(context: Context, wanted: Wanted) -> Board:
    """Return the board as nobody of the course reads it: by alias alone.

    Raises NoSuchPeriod, and NoSuchGroup and NoSuchLeague for any: those are for the
    people of the course.
    """
    return _board_for(outsider(context), wanted)


def board_for_operator(context: Context, wanted: Wanted) -> Board:
    """Return the board of a group or a league as staff read it, but by alias alone.

    Raises NoSuchPeriod, and NoSuchGroup or NoSuchLeague for one that is not there.
    """
    return _board_for(operator(context), wanted)


def lists_from_outside(context: Context) -> dict[str, Listed[Any]]:
    """Return the lists as nobody of the course reads them: by alias alone."""
    is_on = switch_now(context).on and context.board_enabled
    return lists_for(outsider(context), is_on=is_on)


def _board_for(nobody: Viewer, wanted: Wanted) -> Board:
    switch = switch_now(nobody.member.context)
    return leaderboard(db.session(), nobody, now(), switch=switch, wanted=wanted)
