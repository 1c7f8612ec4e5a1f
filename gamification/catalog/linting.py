"""Rules that can be read and make no sense: nobody can meet them, or everybody does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import inf, nextafter
from typing import Any

from gamification.catalog.criteria import Criterion
from gamification.catalog.rules import All, AnyOf, Leaf, NoneOf, Prerequisite
from gamification.catalog.rules.values import RESULTS

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
        *_clashing([criterion.rule]),
        *_contradicted(criterion.rule),
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
    # Not a `none` by itself: in another one it may say what everybody meets.
    for part in rule.parts:
        yield from _contradicted(part)


def _clashing(parts: Sequence[Any], beside: Sequence[Any] = ()) -> list[str]:
    """Say why parts cannot be met together, nor beside others that do not clash.

    A choice between ways is looked at beside what must be met anyway, and not beside
    other choices: so many of them are no more work than their ways.
    """
    inner, choices = _sorted_out(parts)
    sure = [*beside, *inner]
    found = list(_against_each_other(sure))
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


def _against_each_other(parts: Sequence[Any]) -> Iterator[str]:
    """Yield why parts that must all be met cannot be met together."""
    unwanted = list(_unwanted(part for part in parts if isinstance(part, NoneOf)))
    for both in (part for part in parts if part in unwanted):
        said = both.sentence({})
        yield f'Nobody can meet it: "{said}" is asked for and ruled out.'
    asked = [part for part in parts if _is_of_a_number(part)]
    # What is asked for to the letter is told above, and of a bound that is not above 0
    # `not_above_zero` tells.
    others = [
        part
        for part in unwanted
        if _is_of_a_number(part) and part not in asked and not _is_met_by_all(part)
    ]
    for number in dict.fromkeys(map(_number, [*asked, *others])):
        same, ruled_out = (
            [leaf for leaf in leaves if _number(leaf) == number]
            for leaves in (asked, others)
        )
        yield from _apart(same)
        yield from _shut_out(same, ruled_out)


def _unwanted(parts: Iterable[Any]) -> Iterator[Any]:
    """Yield what must not be met, whichever way: what is in a choice, too."""
    for part in parts:
        for inner in part.parts:
            yield inner
            if isinstance(inner, AnyOf):
                yield from _unwanted([inner])


def _apart(leaves: Sequence[Leaf]) -> Iterator[str]:
    """Yield conditions on the same number that no number meets together."""
    for one, other in combinations(leaves, 2):
        if max(_least(one), _least(other)) > min(_largest(one), _largest(other)):
            both = f'"{one.sentence({})}" and "{other.sentence({})}"'
            yield f"Nobody can meet both {both}."


def _shut_out(asked: Sequence[Leaf], ruled_out: Sequence[Leaf]) -> Iterator[str]:
    """Yield what of a number is ruled out, where that leaves none that is asked for.

    Where there is no result there is no number, and so nothing that is ruled out:
    of results a condition must be asked for, of all else there is 0 at least.
    """
    for one, other in product(asked, ruled_out):
        if max(_least(one), 0) >= _least(other) and _largest(one) <= _largest(other):
            yield (
                f'Nobody can meet "{one.sentence({})}": '
                f'"{other.sentence({})}" is ruled out.'
            )
    for one, other in combinations(sorted(ruled_out, key=_least), 2):
        if not asked and one.metric in RESULTS:
            return
        is_gapless = _least(other) <= _after(one, _largest(one))
        if is_gapless and _least(one) <= 0 and _largest(other) == inf:
            both = f'"{one.sentence({})}" and "{other.sentence({})}"'
            yield f"Nobody can meet it: both {both} are ruled out."


def _is_of_a_number(part: Any) -> bool:  # noqa: ANN401 -- a Rule, which is no type
    """Tell whether it is a condition on one number, not on each of several items."""
    if not isinstance(part, Leaf):
        return False
    return not part.is_per_item or len(part.keys or ()) == 1


def _number(leaf: Leaf) -> str:
    """Return what a condition counts, whatever it compares that with.

    An item by itself is the same as a list of one.
    """
    said = {"item", "items", "of", "at_least", "more_than", "at_most", "between"}
    return f"{sorted(leaf.keys or ())} {leaf.model_dump_json(exclude=said)}"


def _is_met_by_all(leaf: Leaf) -> bool:
    return _least(leaf) <= 0 and _largest(leaf) == inf


def _least(leaf: Leaf) -> float:
    """Return the smallest number that meets a condition."""
    if leaf.comparison == "at_most":
        return -inf
    first = leaf.bounds[0]
    return _after(leaf, first) if leaf.comparison == "more_than" else first


def _after(leaf: Leaf, number: float) -> float:
    """Return the next number that a condition's metric can come to."""
    is_whole = leaf.metric not in (*RESULTS, "score")
    return number + 1 if is_whole else nextafter(number, inf)


def _largest(leaf: Leaf) -> float:
    return leaf.bounds[-1] if leaf.comparison in {"at_most", "between"} else inf
