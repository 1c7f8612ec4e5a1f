"""A badge's criterion: its rule, as it is stored, said, and counted for progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Self

from gamification.catalog.rules import All, Leaf, leaves_of, prerequisites_of, read_rule
from gamification.catalog.rules.naming import filled, unfilled
from gamification.catalog.rules.reading import written
from gamification.metrics import METRICS, Metric

REQUIREMENTS = "requirements"
"""The unit in which the progress of more than one condition is told."""
ITEMS = "items"
NO_LABELS: Mapping[str, str] = MappingProxyType({})


def is_shorthand(rule: Mapping[str, Any]) -> bool:
    """Tell a flat rule, as it is stored, from a tree."""
    return rule.keys() == {"metric", "at_least"}


@dataclass(frozen=True)
class Criterion:
    """What earns a badge: one condition, or a tree of them."""

    rule: Any
    """A `Rule`, which is a union and so no type."""

    @classmethod
    def flat(cls, metric: str, at_least: int) -> Self:
        """Return the shorthand: met by everybody whose metric is at least so many."""
        return cls(_shorthand(metric, at_least))

    @classmethod
    def from_json(cls, rule: object) -> Self:
        """Read what `to_json` wrote, or any rule; raise BadRule for what is none."""
        if isinstance(rule, dict) and is_shorthand(rule) and _is_plain(rule):
            return cls.flat(rule["metric"], rule["at_least"])
        read = read_rule(rule)
        # All the way, or the same rule would be another one each time it is read.
        while isinstance(read, All) and len(read.all) == 1:
            (read,) = read.all
        return cls(read)

    def to_json(self) -> dict[str, Any]:
        """Write it down as the database keeps it.

        A condition that is more than the shorthand is put into a group, so that the
        statement for all flat rules can tell them apart by their fields.
        """
        document = written(self.rule)
        is_alone = isinstance(self.rule, Leaf) and not self.is_flat
        return {"all": [document]} if is_alone else document

    def to_document(self) -> dict[str, Any]:
        """Write it down as people write it: a set by its key, whatever is in it."""
        return written(unfilled(self.rule) if self.set_keys else self.rule)

    @property
    def is_flat(self) -> bool:
        """Whether it is the shorthand, for which there is one statement for all."""
        return isinstance(self.rule, Leaf) and self.rule.is_flat

    @property
    def leaf(self) -> Leaf | None:
        """Its one condition, or None where it is a tree."""
        return self.rule if isinstance(self.rule, Leaf) else None

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Its conditions, from left to right."""
        return tuple(leaves_of(self.rule))

    @property
    def prerequisites(self) -> tuple[str, ...]:
        """The keys of the badges that must be held."""
        return tuple(prerequisites_of(self.rule))

    @property
    def item_keys(self) -> frozenset[str]:
        """The keys of all items it names."""
        return frozenset(key for leaf in self.leaves for key in leaf.keys or ())

    @property
    def set_keys(self) -> frozenset[str]:
        """The keys of all sets of items it names."""
        named = (leaf.item_set for leaf in self.leaves)
        return frozenset(key for key in named if key is not None)

    def filled(self, sets: Mapping[str, Sequence[str]]) -> "Criterion":
        """Return it with the items that are in its sets: so it is counted, not kept."""
        return Criterion(filled(self.rule, sets)) if self.set_keys else self

    @property
    def monotone(self) -> bool:
        """Whether more work can never make it unmet again, on the same day."""
        return bool(self.rule.monotone)

    @property
    def time_dependent(self) -> bool:
        """Whether it can be met or unmet by nothing but time passing."""
        return bool(self.rule.time_dependent)

    @property
    def metric(self) -> str:
        """The unit of its progress: its metric; `items`, where results are counted.

        It is `requirements` where one number does not say how far somebody is.
        """
        leaf = self.leaf
        if leaf is None or not leaf.is_growing:
            return REQUIREMENTS
        is_counted = leaf.metric == "percent" and leaf.is_of_many
        return ITEMS if is_counted else leaf.metric

    @property
    def at_least(self) -> int:
        """The whole number at which it is met, as far as one number can say it."""
        if self.leaf is None:
            parts = getattr(self.rule, "all", ())
            return len(parts) or 1
        return self.leaf.whole

    @property
    def measure(self) -> Metric:
        """The metric of a flat rule; raises KeyError for another kind of rule."""
        return METRICS[self.metric]

    @property
    def needed(self) -> int:
        """The value that meets a flat rule, in the metric's unit."""
        return self.at_least * self.measure.unit

    @property
    def sentence(self) -> str:
        """Say what to do: `Earn 25 points`."""
        return self.said()

    def said(self, labels: Mapping[str, str] = NO_LABELS) -> str:
        """Say what to do, with the items' names by their keys."""
        sentence: str = self.rule.sentence(labels)
        return sentence

    def progress(self, value: int) -> int:
        """Return how far a flat rule's value has come: whole, never past the end."""
        return min(value // self.measure.unit, self.at_least)

    def percent(self, value: int) -> int:
        """Return the same as 0 to 100, rounded down: 100 is met, and only met."""
        return min(value * 100 // self.needed, 100)


def _is_plain(rule: Mapping[str, Any]) -> bool:
    # Anything else, and True is 1 to a cache, takes the long way and is refused there.
    return type(rule["metric"]) is str and type(rule["at_least"]) is int


@lru_cache(maxsize=1024)
def _shorthand(metric: str, at_least: int) -> Leaf:
    """Read a flat rule once: they are looked at with every page."""
    leaf = read_rule({"metric": metric, "at_least": at_least})
    if not isinstance(leaf, Leaf):
        raise TypeError("a metric and a number are one condition")
    return leaf
