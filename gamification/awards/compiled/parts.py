"""One condition as two columns: whether it is met, and the number that says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from gamification.awards.compiled.frames import Frame
from gamification.catalog.rules import Leaf
from gamification.metrics import METRICS, Scope
from gamification.metrics.caps import BY_DAY, BY_ITEM, capped
from gamification.metrics.results import (
    IS_RESULT,
    Average,
    best_percent,
    best_results,
    is_at_least,
    is_more_than,
    items_with,
    results_or_excuses,
)
from gamification.metrics.streaks import streaks
from models import Earned

Number = sa.ColumnElement[int]
Test = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Part:
    """What one condition asks of a member's rows of `earned`."""

    is_met: Test
    shown: Number
    """Items that are met, where they are counted; else the metric in its unit."""
    by_nothing: bool
    """Whether somebody without any row meets it."""
    rows: Test | None
    """Which rows it looks at; None means all of them."""
    beside: sa.FromClause | None = None
    """What it needs besides `earned`, by `membership_id`."""


def part_of(leaf: Leaf, frame: Frame, facts: Sequence[Test] = ()) -> Part:
    """Return the two columns of a condition in a course today.

    `facts` is what every row must meet, for what is asked of another subquery.
    """
    leaf = leaf.filled(frame.sets)
    scope = frame.scope_of(leaf)
    if leaf.metric == "percent":
        return _percent(leaf, scope)
    if leaf.metric == "average_percent":
        return _average(leaf, scope, facts)
    if leaf.metric == "streak_weeks":
        return _streak(leaf, scope, facts)
    if leaf.cap is not None:
        return _capped(leaf, leaf.cap, scope, facts)
    return _done_in(leaf, scope) if leaf.is_per_item else _metric(leaf, scope)


def _metric(leaf: Leaf, scope: Scope) -> Part:
    metric = METRICS[leaf.metric]
    value = metric.over(*scope.conditions)
    tests = _compared(leaf, value, metric.unit)
    rows = [*metric.rows, *scope.conditions]
    return Part(
        is_met=tests,
        shown=value,
        by_nothing=leaf.by_nothing,
        rows=sa.and_(*rows) if rows else None,
    )


def _capped(leaf: Leaf, cap: int, scope: Scope, facts: Sequence[Test]) -> Part:
    rows = [*METRICS[leaf.metric].rows, *scope.conditions]
    by = BY_DAY if leaf.per_day else BY_ITEM
    found = capped([*facts, *rows], by, cap)
    value = sa.func.coalesce(sa.func.max(found.c.number), 0)
    return Part(
        is_met=_compared(leaf, value, 1),
        shown=value,
        by_nothing=leaf.by_nothing,
        rows=sa.and_(*rows),
        beside=found,
    )


def _done_in(leaf: Leaf, scope: Scope) -> Part:
    """Count the items in which something was done."""
    rows = sa.and_(*METRICS[leaf.metric].rows, *scope.conditions)
    number = sa.func.count(sa.distinct(Earned.item_id)).filter(rows)
    return Part(number >= leaf.wanted, number, by_nothing=False, rows=rows)


def _percent(leaf: Leaf, scope: Scope) -> Part:
    """Count the items whose best result is as it should be.

    Whose result is at most so much has one that is not more.
    """
    conditions = scope.conditions
    first, last = leaf.bounds[0], leaf.bounds[-1]
    reached = partial(items_with, *conditions)
    count: dict[str, Callable[[], Number]] = {
        "at_least": lambda: reached(is_at_least(first)),
        "more_than": lambda: reached(is_more_than(first)),
        "at_most": lambda: reached() - reached(is_more_than(last)),
        "between": lambda: reached(is_at_least(first)) - reached(is_more_than(last)),
    }
    number = count[leaf.comparison or "at_least"]()
    return Part(
        is_met=number >= leaf.wanted,
        shown=number if leaf.is_of_many else best_percent(*conditions),
        by_nothing=False,
        rows=sa.and_(*IS_RESULT, *conditions),
    )


def _average(leaf: Leaf, scope: Scope, facts: Sequence[Test]) -> Part:
    # What is not in the course has no result: it counts as zero.
    average = Average(len(leaf.keys or ()), best_results(scope, facts))
    first, last = leaf.bounds[0], leaf.bounds[-1]
    tests: dict[str, Callable[[], Test]] = {
        "at_least": lambda: average.is_at_least(first),
        "more_than": lambda: average.is_more_than(first),
        "at_most": lambda: average.is_at_most(last),
        "between": lambda: average.is_at_least(first) & average.is_at_most(last),
    }
    return Part(
        is_met=tests[leaf.comparison or "at_least"](),
        shown=average.shown,
        # Whoever has done nothing has an average of zero; over no item there is none.
        by_nothing=leaf.by_nothing and bool(leaf.keys),
        rows=results_or_excuses(scope),
        beside=average.found,
    )


def _streak(leaf: Leaf, scope: Scope, facts: Sequence[Test]) -> Part:
    best = streaks(*facts, *scope.conditions).alias()
    weeks = sa.func.coalesce(sa.func.max(best.c.weeks), 0)
    return Part(
        is_met=_compared(leaf, weeks, 1),
        shown=weeks,
        by_nothing=leaf.by_nothing,
        rows=sa.and_(*METRICS["events"].rows, *scope.conditions),
        beside=best,
    )


def _compared(leaf: Leaf, value: Number, unit: int) -> Test:
    """Compare in whole units; a bound with decimals is exact in millionths."""
    first, *more = (int(Decimal(str(bound)) * unit) for bound in leaf.bounds)
    if leaf.comparison == "more_than":
        return value > first
    if leaf.comparison == "at_most":
        return value <= first
    at_least = value >= first
    return sa.and_(at_least, value <= more[0]) if more else at_least
