"""Weekly streaks: weeks in a row with work in them, one free week forgiven."""

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from gamification.metrics.definitions import METRICS
from models import Earned

FREE_WEEKS = 1
"""So many weeks without work do not end a streak; they are not counted either."""


class WeekNumber(FunctionElement[int]):
    """The number of the week a day lies in, from Monday, counted from 1970 on."""

    type = sa.Integer()
    inherit_cache = True


@compiles(WeekNumber)
def _on_postgresql(element: WeekNumber, compiler: sa.Compiled, **named: object) -> str:
    return f"(({compiler.process(element.clauses, **named)}) - DATE '1970-01-05') / 7"


@compiles(WeekNumber, "sqlite")
def _on_sqlite(element: WeekNumber, compiler: sa.Compiled, **named: object) -> str:
    day = compiler.process(element.clauses, **named)
    return f"CAST((julianday({day}) - 2440591.5) / 7 AS INTEGER)"


def streaks(*conditions: sa.ColumnElement[bool]) -> sa.Subquery:
    """Select `membership_id` and the `weeks` of their best streak.

    A week counts where something was handed in, posted or completed in it. One week
    without does not end a streak, a second one does; it is not counted either.
    """
    member, week = Earned.membership_id, WeekNumber(Earned.day).label("week")
    active = sa.select(member, week).where(*METRICS["events"].rows, *conditions)
    weeks = active.distinct().subquery()
    place = sa.func.row_number().over(
        partition_by=weeks.c.membership_id, order_by=weeks.c.week
    )
    numbered = sa.select(weeks, (weeks.c.week - place).label("run")).subquery()
    runs = (
        sa.select(
            numbered.c.membership_id,
            sa.func.min(numbered.c.week).label("first"),
            sa.func.max(numbered.c.week).label("last"),
            sa.func.count().label("weeks"),
        )
        .group_by(numbered.c.membership_id, numbered.c.run)
        .subquery()
    )
    return _joined_over_one_week(runs)


def _joined_over_one_week(runs: sa.Subquery) -> sa.Subquery:
    """Let a run go on in the next one where a single week lies between them."""
    member, first = runs.c.membership_id, runs.c.first
    next_first, next_weeks = (
        sa.func.lead(column).over(partition_by=member, order_by=first)
        for column in (first, runs.c.weeks)
    )
    more = sa.case((next_first == runs.c.last + 1 + FREE_WEEKS, next_weeks), else_=0)
    joined = sa.select(
        runs.c.membership_id, (runs.c.weeks + more).label("weeks")
    ).subquery()
    return (
        sa.select(joined.c.membership_id, sa.func.max(joined.c.weeks).label("weeks"))
        .group_by(joined.c.membership_id)
        .subquery("streak")
    )
