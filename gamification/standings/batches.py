"""Rows of a board that may be old: what is read in them, and what there is to read."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT
from gamification.metrics.awarded import Moment, is_open
from gamification.standings.audience import PARTICIPANTS
from gamification.standings.freezing import frozen_rows
from models import Award, Context, ShownStanding, Standing

Key = tuple[int, str]
"""A membership and a period."""


@dataclass(frozen=True)
class Read:
    """What others read in a row."""

    points: int
    completed: int
    badges: int
    updated_at: datetime

    def visible(self, minimum: int) -> tuple[int, int, int] | None:
        """Return what tells of an act; None below the points a board begins at.

        The hour of a change does not count: a recount dates everybody anew.
        """
        points = self.points // POINT
        return (points, self.completed, self.badges) if points >= minimum else None


@dataclass(frozen=True)
class Waiting:
    """A row that may be old: what is read now, and what there is to read."""

    key: Key
    shown: Read | None
    live: Read | None
    minimum: int
    """Whole points: with fewer nobody is listed."""

    @property
    def is_another(self) -> bool:
        shown, live = (
            read and read.visible(self.minimum) for read in (self.shown, self.live)
        )
        return shown != live


def waiting_rows(
    session: Session, context: Context, now: datetime, *, most: int
) -> list[Waiting]:
    """Return the rows that wait to be looked at, or `most` of them. One query."""
    live = sa.and_(*participants(context), *same_row())
    columns = (
        Standing.points,
        Standing.completed,
        badges_held(now),
        Standing.updated_at,
    )
    rows = session.execute(
        sa.select(
            ShownStanding.membership_id,
            ShownStanding.period,
            *(ShownStanding.points, ShownStanding.completed),
            *(ShownStanding.badges, ShownStanding.updated_at),
            *columns,
        )
        .select_from(ShownStanding)
        .outerjoin(Standing, live)
        .where(ShownStanding.context_id == context.id, ShownStanding.is_waiting)
        .limit(most)
    )
    return [
        Waiting(
            (member, period),
            None if values[0] is None else Read(*values[:4]),
            None if values[4] is None else Read(*values[4:]),
            context.board_minimum,
        )
        for member, period, *values in rows
    ]


def reads_otherwise(context: Context, now: datetime) -> sa.ColumnElement[bool]:
    """Say in SQL what `Waiting.is_another` says of one row."""
    shown, live = (
        sa.case(
            (table.points >= context.board_minimum * POINT, table.points // POINT),
            else_=-1,
        )
        for table in (ShownStanding, Standing)
    )
    more = sa.or_(
        ShownStanding.completed != Standing.completed,
        ShownStanding.badges != badges_held(now),
    )
    return sa.or_(shown != live, sa.and_(shown >= 0, more))


def same_row() -> tuple[sa.ColumnElement[bool], ...]:
    """Return what makes a shown row and a standing one and the same."""
    return (
        Standing.period == ShownStanding.period,
        Standing.membership_id == ShownStanding.membership_id,
    )


def participants(context: Context) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what a standing must meet to be shown by batches."""
    return (
        Standing.context_id == context.id,
        Standing.audience == PARTICIPANTS,
        ~frozen_rows(context, Standing.period),
    )


def badges_held(now: Moment) -> sa.ScalarSelect[int]:
    """Count the open awards of a standing's member."""
    return (
        sa.select(sa.func.count())
        .where(Award.membership_id == Standing.membership_id, is_open(now))
        .correlate(Standing)
        .scalar_subquery()
    )
