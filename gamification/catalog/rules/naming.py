"""What a rule names, and where it stands in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gamification.catalog.rules.leaf import Leaf
from gamification.catalog.rules.tree import All, AnyOf, Prerequisite, Rule


@dataclass(frozen=True)
class Named:
    """A word of a rule that stands for something in the course."""

    path: str
    kind: str
    """`item`, `item set` or `badge`."""
    key: str


def named_in(rule: Rule, path: str) -> Iterator[Named]:
    """Yield every item, set and badge that a rule names, from left to right."""
    if isinstance(rule, Prerequisite):
        yield Named(f"{path}.badge", "badge", rule.badge)
    elif isinstance(rule, Leaf):
        if rule.item is not None:
            yield Named(f"{path}.item", "item", rule.item)
        if rule.item_set is not None:
            yield Named(f"{path}.item_set", "item set", rule.item_set)
        for number, key in enumerate(rule.items or ()):
            yield Named(f"{path}.items[{number}]", "item", key)
    else:
        for number, part in enumerate(rule.parts):
            yield from named_in(part, f"{path}.{_field(rule)}[{number}]")


def filled(rule: Rule, sets: Mapping[str, Sequence[str]]) -> Rule:
    """Return a rule whose conditions hold the items that are in the sets they name."""
    return _changed(rule, lambda leaf: leaf.filled(sets))


def unfilled(rule: Rule) -> Rule:
    """Return a rule as it was before `filled`: with its sets, without their items."""
    return _changed(rule, Leaf.unfilled)


def _changed(rule: Rule, change: Callable[[Leaf], Leaf]) -> Rule:
    if isinstance(rule, Leaf):
        return change(rule)
    if isinstance(rule, Prerequisite):
        return rule
    parts = tuple(_changed(part, change) for part in rule.parts)
    return rule.model_copy(update={_field(rule): parts})


def _field(rule: Rule) -> str:
    if isinstance(rule, All):
        return "all"
    return "any" if isinstance(rule, AnyOf) else "none"
