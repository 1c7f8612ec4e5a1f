"""How far one member is with a rule, and what is still to do for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gamification.catalog import Criterion
from gamification.catalog.rules import (
    All,
    AnyOf,
    Leaf,
    Prerequisite,
    Rule,
    forbids,
    has_forbidden,
)
from gamification.catalog.rules.words import alternatives, left_of, listed, small
from gamification.metrics import METRICS

Holds = Callable[[str], bool]
"""Says of a badge's key whether the member has it."""


@dataclass(frozen=True)
class Have:
    """What a member has of one condition, and whether it is met.

    The database says both; of the shorthand the number, compared as it is.
    """

    is_met: bool
    value: int
    """Items that are met, where they are counted; else the metric in its unit."""


@dataclass(frozen=True)
class Progress:
    """How far a member is."""

    is_met: bool
    done: int
    """In wholes, rounded down, never above `needed`."""
    needed: int
    percent: int
    """0 to 100, rounded down: 100 is met, and only met."""
    missing: tuple[str, ...]
    """What is still to do, in sentences; empty where it is met."""


def progress_of(
    criterion: Criterion,
    haves: Sequence[Have],
    holds: Holds,
    labels: Mapping[str, str],
) -> Progress:
    """Put together how far a member is from what they have of each condition."""
    far = _Walk(iter(haves), holds, labels).look(criterion.rule)
    missing = tuple(left.sentence for left in far.left)
    return Progress(far.is_met, far.done, far.needed, far.percent, missing)


@dataclass(frozen=True)
class _Left:
    """A sentence of what is still to do, and how it goes with others in one."""

    sentence: str
    is_denied: bool = False
    """Whether it begins with `Do not`: what followed would read as forbidden, too."""
    is_choice: bool = False
    """Whether it tells several ways, which among others are put in brackets."""


@dataclass(frozen=True)
class _Far:
    """How far a member is with a part of a rule: as `Progress`, and what is left."""

    is_met: bool
    done: int
    needed: int
    percent: int
    left: tuple[_Left, ...]


@dataclass(frozen=True)
class _Walk:
    haves: Iterator[Have]
    holds: Holds
    labels: Mapping[str, str]

    def look(self, rule: Rule) -> _Far:
        if isinstance(rule, Leaf):
            return self._of_leaf(rule, next(self.haves))
        if isinstance(rule, Prerequisite):
            return self._flag(rule, is_met=self.holds(rule.badge))
        parts = [self.look(part) for part in rule.parts]
        if isinstance(rule, All):
            return _all(parts)
        if isinstance(rule, AnyOf):
            return _any(rule, parts)
        return self._flag(rule, is_met=not any(part.is_met for part in parts))

    def _flag(self, rule: Rule, *, is_met: bool) -> _Far:
        left = _Left(rule.sentence(self.labels), is_denied=forbids(rule))
        return _Far(is_met, int(is_met), 1, 100 * is_met, () if is_met else (left,))

    def _of_leaf(self, leaf: Leaf, have: Have) -> _Far:
        needed = leaf.whole
        metric = METRICS.get(leaf.metric)
        unit = metric.unit if metric and not leaf.is_per_item else 1
        done = min(have.value // unit, needed) if leaf.is_growing else 0
        left = () if have.is_met else (_Left(left_of(leaf, self.labels, done)),)
        percent = 100 if have.is_met else _percent(leaf, have.value, unit)
        return _Far(have.is_met, needed if have.is_met else done, needed, percent, left)


def _percent(leaf: Leaf, value: int, unit: int) -> int:
    """Return how far a condition is that is not met: 99 at most."""
    if not leaf.is_growing:
        return 0
    is_counted = leaf.is_per_item and (leaf.is_of_many or leaf.metric != "percent")
    needed = leaf.wanted if is_counted else Decimal(str(leaf.bounds[0])) * unit
    return min(int(value * 100 // max(needed, 1)), 99)


def _all(parts: Sequence[_Far]) -> _Far:
    met = sum(part.is_met for part in parts)
    percent = sum(part.percent for part in parts) // len(parts)
    left = (one for part in parts for one in part.left)
    last = tuple(sorted(left, key=lambda one: one.is_denied))
    return _Far(met == len(parts), met, len(parts), percent, last)


def _any(rule: AnyOf, parts: Sequence[_Far]) -> _Far:
    is_met = any(part.is_met for part in parts)
    percent = max(part.percent for part in parts)
    left: tuple[_Left, ...] = ()
    if not is_met and len(parts) == 1:
        left = parts[0].left
    elif not is_met:
        pairs = zip(rule.parts, parts, strict=True)
        told = sorted(pairs, key=lambda pair: forbids(pair[0]))
        ways = [_way(way, part.left) for way, part in told]
        left = (_Left(alternatives(ways), is_choice=True),)
    return _Far(is_met, int(is_met), 1, percent, left)


def _way(rule: Rule, left: Sequence[_Left]) -> str:
    """Put what one of several ways still asks for into one sentence."""
    is_alone = len(left) == 1
    first, *rest = (
        one.sentence if is_alone or not one.is_choice else f"({small(one.sentence)})"
        for one in left
    )
    said = listed([first, *map(small, rest)])
    is_several = not isinstance(rule, Leaf | Prerequisite) and len(rule.parts) > 1
    # Without brackets the next way would read as forbidden, too.
    return f"({small(said)})" if is_several and has_forbidden(rule) else said
