"""Which awards somebody has at a moment: nobody waits for the night to end them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models import Award

Moment = datetime | sa.ColumnElement[datetime]
"""A value, or a parameter that takes its place."""


def is_open(now: Moment, award: Any = Award) -> sa.ColumnElement[bool]:  # noqa: ANN401 -- the class, or the columns of an alias
    """Hold for an award, or an alias of it, that a member has at this moment."""
    return sa.and_(
        award.ended_at.is_(None),
        sa.or_(award.expires_at.is_(None), award.expires_at > now),
    )


def was_open(moment: datetime) -> sa.ColumnElement[bool]:
    """Hold for an award that its member had at a moment that may have passed since."""
    return sa.and_(
        sa.or_(Award.ended_at.is_(None), Award.ended_at > moment),
        sa.or_(Award.expires_at.is_(None), Award.expires_at > moment),
    )
