"""Rules that can be read and make no sense: nobody can meet them, or everybody does."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf, nextafter
from typing import Any

from gamification.catalog.criteria import Criterion
from gamification.catalog.rules import All, AnyOf, Leaf, NoneOf, Prerequisite

EVERYBODY = "Everybody meets it before doing anything."
PERIOD_DAYS: Mapping[str, int] = {"week": 7, "month": 31}
ONCE_AN_ITEM = ("authored", "completed")
"""What is counted once for each item, however often it is done."""


def lint(criterion: Criterion, term_days: int | None = None) -> list[str]:
    """Say of a rule, in a sentence each, what makes no sense whatever is in a course.

    Its term has so many days; None: that is not known.
    """
    found = [*impossible(criterion.rule, term_days), *_contradicted(criterion.rule)]
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
    said, first = leaf.sentence({}), leaf.bounds[0]
    if _largest(leaf) < 0:
        return f'Nobody can meet "{said}": nothing is below 0.'
    if leaf.comparison == "between":
        return f'"{said}" begins below 0, where nothing is.' if first < 0 else ""
    if leaf.comparison == "at_most" or _least(leaf) > 0:
        return ""
    if leaf.is_per_item:
        return f'Whatever the result is, it meets "{said}".'
    return f'Everybody meets "{said}".'


def _by_nothing(rule: Any) -> bool:  # noqa: ANN401 -- a Rule, which is no type
    """Tell whether a rule is met by who has no fact and no badge."""
    if isinstance(rule, Leaf):
        return rule.by_nothing
    if isinstance(rule, Prerequisite):
        return False
    parts = [_by_nothing(part) for part in rule.parts]
    if isinstance(rule, All):
        return all(parts)
    return any(parts) if isinstance(rule, AnyOf) else not any(parts)


def impossible(rule: Any, term_days: int | None) -> Iterator[str]:  # noqa: ANN401 -- a Rule, which is no type
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
    return not leaf.is_per_item and _least(leaf) > most


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


def _contradicted(rule: Any) -> Iterator[str]:  # noqa: ANN401 -- a Rule, which is no type
    """Yield what an `all` asks for and rules out itself."""
    if not isinstance(rule, All | AnyOf | NoneOf):
        return
    if isinstance(rule, All):
        yield from _clashing([rule])
    for part in rule.parts:
        yield from _contradicted(part)


def _clashing(parts: Sequence[Any], beside: Sequence[Any] = ()) -> list[str]:
    """Say why parts cannot be met together, nor beside others that do not clash.

    A choice between ways is looked at beside what must be met anyway, and not beside
    other choices: so many of them are no more work than their ways.
    """
    inner, choices = _sorted_out(parts)
    sure = [*beside, *inner]
    found = [*_ruled_out(sure), *_apart([p for p in sure if isinstance(p, Leaf)])]
    if found:
        return found
    for choice in choices:
        ways = [_clashing([way], sure) for way in choice.parts]
        if all(ways):
            return [why for way in ways for why in way]
    return []


def _sorted_out(parts: Sequence[Any]) -> tuple[list[Any], list[AnyOf]]:
    """Return what must be met whatever is chosen, and what there is to choose."""
    sure: list[Any] = []
    choices: list[AnyOf] = []
    for part in parts:
        sure.append(part)
        if isinstance(part, AnyOf) and len(part.parts) > 1:
            choices.append(part)
        elif isinstance(part, All | AnyOf):
            inner, more = _sorted_out(part.parts)
            sure += inner
            choices += more
    return sure, choices


def _ruled_out(parts: Sequence[Any]) -> Iterator[str]:
    """Yield what is asked for and must not be."""
    unwanted = [p for part in parts if isinstance(part, NoneOf) for p in part.none]
    for both in (part for part in parts if part in unwanted):
        said = both.sentence({})
        yield f'Nobody can meet it: "{said}" is asked for and ruled out.'


def _apart(leaves: Sequence[Leaf]) -> Iterator[str]:
    """Yield conditions on the same number that no number meets together."""
    numbers = [_number(leaf) for leaf in leaves]
    for place, one in enumerate(leaves):
        for number, other in zip(
            numbers[place + 1 :], leaves[place + 1 :], strict=True
        ):
            if number != numbers[place] or one.is_of_many:
                continue
            if max(_least(one), _least(other)) > min(_largest(one), _largest(other)):
                both = f'"{one.sentence({})}" and "{other.sentence({})}"'
                yield f"Nobody can meet both {both}."


def _number(leaf: Leaf) -> dict[str, Any]:
    """Return what a condition counts, whatever it compares that with."""
    return leaf.model_dump(exclude={"at_least", "more_than", "at_most", "between"})


def _least(leaf: Leaf) -> float:
    """Return the smallest number that meets a condition."""
    if leaf.comparison == "at_most":
        return -inf
    first = leaf.bounds[0]
    return nextafter(first, inf) if leaf.comparison == "more_than" else first


def _largest(leaf: Leaf) -> float:
    return leaf.bounds[-1] if leaf.comparison in {"at_most", "between"} else inf
