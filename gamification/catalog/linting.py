"""Rules that can be read and make no sense: nobody can meet them, or everybody does."""

from collections.abc import Iterator, Mapping

from gamification.catalog.clashing import clashes
from gamification.catalog.criteria import Criterion
from gamification.catalog.rules import All, AnyOf, Leaf, Prerequisite, Rule
from gamification.catalog.spans import Span

EVERYBODY = "Everybody meets it before doing anything."
PERIOD_DAYS: Mapping[str, int] = {"week": 7, "month": 31}
ONCE_AN_ITEM = ("authored", "completed")
"""What is counted once for each item, however often it is done."""


def lint(criterion: Criterion, term_days: int | None = None) -> list[str]:
    """Say of a rule, in a sentence each, what makes no sense whatever is in a course.

    Its term has so many days; None: that is not known.
    """
    found = [
        *impossible(criterion.rule, term_days),
        *clashes(criterion.rule),
    ]
    if _by_nothing(criterion.rule):
        found.append(EVERYBODY)
    else:
        found += not_above_zero(criterion)
    return list(dict.fromkeys(found))


def not_above_zero(criterion: Criterion) -> list[str]:
    """Say of each condition whose bound asks for nothing, or for less, who meets it.

    More than 0 asks for something, and at most 0 for nothing so far: both make sense.
    """
    said = (_of_bounds(leaf) for leaf in criterion.leaves)
    return [sentence for sentence in said if sentence]


def _of_bounds(leaf: Leaf) -> str:
    said, span = leaf.sentence({}), Span.of(leaf)
    if span.largest < 0:
        return f'Nobody can meet "{said}": nothing is below 0.'
    if leaf.comparison == "between":
        return f'"{said}" begins below 0, where nothing is.' if span.least < 0 else ""
    if leaf.comparison == "at_most" or span.least > 0:
        return ""
    if leaf.is_per_item:
        return f'Whatever the result is, it meets "{said}".'
    return f'Everybody meets "{said}".'


def _by_nothing(rule: Rule) -> bool:
    """Tell whether a rule is met by who has no fact and no badge."""
    if isinstance(rule, Leaf):
        return rule.by_nothing
    if isinstance(rule, Prerequisite):
        return False
    parts = [_by_nothing(part) for part in rule.parts]
    if isinstance(rule, All):
        return all(parts)
    return any(parts) if isinstance(rule, AnyOf) else not any(parts)


def impossible(rule: Rule, term_days: int | None) -> Iterator[str]:
    """Yield why a condition is nobody's, where it must be met."""
    if isinstance(rule, Leaf):
        term = {} if term_days is None else {"term": term_days}
        periods = {**PERIOD_DAYS, **term}
        most = min(_limits(rule, periods), default=None)
        if most is not None and is_above(rule, most):
            yield f'Nobody can meet "{rule.sentence({})}": {most} is the most there is.'
    elif isinstance(rule, All):
        for part in rule.parts:
            yield from impossible(part, term_days)
    elif isinstance(rule, AnyOf):
        ways = [list(impossible(part, term_days)) for part in rule.parts]
        if all(ways):
            yield from (why for way in ways for why in way)


def is_above(leaf: Leaf, most: int) -> bool:
    """Tell whether a condition on a number asks for more than there can be."""
    return not leaf.is_per_item and Span.of(leaf).least > most


def most_in(leaf: Leaf, items: int) -> int | None:
    """Return how much of its metric so many items can give; None: there is no most."""
    if leaf.metric in ONCE_AN_ITEM:
        return items
    return None if leaf.per_item is None else leaf.per_item * items


def _limits(leaf: Leaf, periods: Mapping[str, int]) -> Iterator[int]:
    """Yield what each part of a condition limits its metric to."""
    # Not time: a report may tell of a year, whatever the day that it is told on.
    days = _days(leaf, periods)
    if leaf.metric == "average_percent":
        yield 100
    most = None if leaf.keys is None else most_in(leaf, len(leaf.keys))
    if most is not None:
        yield most
    if leaf.per_day is not None and days is not None:
        yield leaf.per_day * days
    if days is not None and leaf.metric == "active_days":
        yield days
    if days is not None and leaf.metric == "streak_weeks":
        # Two days may lie in two weeks, and nine in three.
        yield (days + 5) // 7 + 1


def _days(leaf: Leaf, periods: Mapping[str, int]) -> int | None:
    """Return how many days its window has, as far as that is known."""
    if leaf.last_days is not None:
        return leaf.last_days
    if leaf.period is not None:
        return periods.get(leaf.period)
    last = min((day for day in (leaf.to, leaf.by) if day is not None), default=None)
    if leaf.since is not None and last is not None:
        return (last - leaf.since).days + 1
    return None
