"""Weekly streaks: weeks in a row with work in them, one free week forgiven."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from gamification.metrics.definitions import METRICS
from models import Earned, FreeWeek
from models.progress import EVERYBODY

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
    without does not end a streak, a second one does; it is not counted either. A free
    week, by the course's calendar or the member's own leave, is as if it were not
    there: it ends nothing and counts only where there was work in it.
    """
    weeks = _weeks(conditions)
    place = sa.func.row_number().over(
        partition_by=weeks.c.membership_id, order_by=weeks.c.week
    )
    numbered = sa.select(weeks, (weeks.c.week - place).label("run")).subquery()
    runs = (
        sa.select(
            numbered.c.membership_id,
            sa.func.min(numbered.c.week).label("first"),
            sa.func.max(numbered.c.week).label("last"),
            sa.func.sum(numbered.c.worked).label("weeks"),
        )
        .group_by(numbered.c.membership_id, numbered.c.run)
        .subquery()
    )
    return _joined_over_one_week(runs)


def _weeks(conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Subquery:
    """Select the weeks in which each member worked, and those that were free for them."""
    week = WeekNumber(Earned.day).label("week")
    active = (
        sa.select(Earned.context_id, Earned.membership_id, week)
        .where(*METRICS["events"].rows, *conditions)
        .distinct()
        # Unnamed: a rule may hold several streaks, each of other facts.
        .cte()
    )
    mine = sa.or_(
        FreeWeek.membership_id == EVERYBODY,
        FreeWeek.membership_id == active.c.membership_id,
    )
    free = sa.select(active.c.membership_id, FreeWeek.week, sa.literal(0)).join(
        FreeWeek, (FreeWeek.context_id == active.c.context_id) & mine
    )
    worked = sa.select(
        active.c.membership_id, active.c.week, sa.literal(1).label("worked")
    )
    both = sa.union_all(worked, free).subquery()
    return (
        sa.select(
            both.c.membership_id,
            both.c.week,
            sa.func.max(both.c.worked).label("worked"),
        )
        .group_by(both.c.membership_id, both.c.week)
        .subquery()
    )


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
