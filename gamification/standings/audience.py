"""Who is counted where: nobody's place on a board is taken for granted."""

import sqlalchemy as sa

from gamification.metrics.people import RANKED, is_ranked
from models import Context, Membership

NONE, EVERYBODY, PARTICIPANTS = "none", "all", "participants"
SHOWN = "shown"
"""The participants as the others read them on a board; `showing` counts."""
AUDIENCES = {NONE: (), EVERYBODY: (EVERYBODY,), PARTICIPANTS: (EVERYBODY, PARTICIPANTS)}
"""The histograms that count a row of each audience."""


def audience_of(member: Membership, participation: str) -> str:
    """Return the widest audience a member belongs to by the course's setting."""
    if not is_ranked(member):
        return NONE
    word = member.board_consent
    on_board = {"all": True, "opt_out": word is not False, "opt_in": word is True}
    return PARTICIPANTS if on_board[participation] else EVERYBODY


def audience_column(context: Context) -> sa.ColumnElement[str]:
    """Say the same as `audience_of` for the rows of a query over memberships."""
    word = Membership.board_consent
    on_board = {
        "all": sa.true(),
        "opt_out": sa.or_(word.is_(None), word.is_(True)),
        "opt_in": word.is_(True),
    }[context.board_participation]
    return sa.case((~sa.and_(*RANKED), NONE), (on_board, PARTICIPANTS), else_=EVERYBODY)
