"""How far one member is with a rule, and what is still to do for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gamification.catalog import Criterion
from gamification.catalog.rules import (
    All,
    AnyOf,
    Leaf,
    Prerequisite,
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
    return _Walk(iter(haves), holds, labels).progress(criterion.rule)


@dataclass(frozen=True)
class _Walk:
    haves: Iterator[Have]
    holds: Holds
    labels: Mapping[str, str]

    def progress(self, rule: Any) -> Progress:  # noqa: ANN401 -- a Rule, which is no type
        if isinstance(rule, Leaf):
            return self._of_leaf(rule, next(self.haves))
        if isinstance(rule, Prerequisite):
            return self._flag(rule, is_met=self.holds(rule.badge))
        parts = [self.progress(part) for part in rule.parts]
        if isinstance(rule, All):
            return _all(rule, parts)
        if isinstance(rule, AnyOf):
            return _any(rule, parts)
        return self._flag(rule, is_met=not any(part.is_met for part in parts))

    def _flag(self, rule: Any, *, is_met: bool) -> Progress:  # noqa: ANN401 -- a Rule, which is no type
        missing = () if is_met else (rule.sentence(self.labels),)
        return Progress(is_met, int(is_met), 1, 100 * is_met, missing)

    def _of_leaf(self, leaf: Leaf, have: Have) -> Progress:
        needed = leaf.whole
        metric = METRICS.get(leaf.metric)
        unit = metric.unit if metric and not leaf.is_per_item else 1
        done = min(have.value // unit, needed) if leaf.is_growing else 0
        missing = () if have.is_met else (left_of(leaf, self.labels, done),)
        percent = 100 if have.is_met else _percent(leaf, have.value, unit)
        return Progress(
            have.is_met, needed if have.is_met else done, needed, percent, missing
        )


def _percent(leaf: Leaf, value: int, unit: int) -> int:
    """Return how far a condition is that is not met: 99 at most."""
    if not leaf.is_growing:
        return 0
    is_counted = leaf.is_per_item and (leaf.is_of_many or leaf.metric != "percent")
    needed = leaf.wanted if is_counted else Decimal(str(leaf.bounds[0])) * unit
    return min(int(value * 100 // max(needed, 1)), 99)


def _all(rule: All, parts: Sequence[Progress]) -> Progress:
    met = sum(part.is_met for part in parts)
    percent = sum(part.percent for part in parts) // len(parts)
    told = (part for _, part in _told(rule, parts))
    missing = tuple(sentence for part in told for sentence in part.missing)
    return Progress(met == len(parts), met, len(parts), percent, missing)


def _any(rule: AnyOf, parts: Sequence[Progress]) -> Progress:
    is_met = any(part.is_met for part in parts)
    percent = max(part.percent for part in parts)
    missing: tuple[str, ...] = ()
    if not is_met:
        is_one = len(parts) == 1
        ways = [
            _way(way, part.missing, is_one=is_one)
            for way, part in _told(rule, parts)
            if part.missing
        ]
        missing = (alternatives(ways),)
    return Progress(is_met, int(is_met), 1, percent, missing)


def _told(rule: All | AnyOf, parts: Sequence[Progress]) -> list[tuple[Any, Progress]]:
    """Pair a rule's parts with how far they are, as sentences tell them."""
    pairs = zip(rule.parts, parts, strict=True)
    return sorted(pairs, key=lambda pair: forbids(pair[0]))


def _way(rule: Any, missing: Sequence[str], *, is_one: bool) -> str:  # noqa: ANN401 -- a Rule, which is no type
    """Put what a way still asks for into one sentence."""
    first, *rest = missing
    said = listed([first, *map(small, rest)])
    is_several = not isinstance(rule, Leaf | Prerequisite) and len(rule.parts) > 1
    # Without brackets the next way would read as forbidden, too.
    is_apart = not is_one and is_several and has_forbidden(rule)
    return f"({small(said)})" if is_apart else said
