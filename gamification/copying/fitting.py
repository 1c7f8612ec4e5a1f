"""An outline made to fit a course: its items' keys in the place of another's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gamification.catalog import Criterion
from gamification.catalog.own import LIVE
from gamification.copying.mapping import Pairs, Place, bindings, set_bindings
from gamification.copying.outline import Entry, Outline, set_keys_of
from gamification.copying.weights import bound, left_out

UNBOUND = "unbound:"
"""Begins the name of an item that is still to be chosen; no item's key has a colon."""
LONGEST = 128
Bind = Callable[[Sequence[Place], Sequence[Place]], Pairs]
"""Tells which place of a new course is which of an old one."""


@dataclass(frozen=True)
class Lack:
    """A badge that is a draft because items of its rule are not known here."""

    badge: str
    items: tuple[Place, ...]

    def __str__(self) -> str:
        names = ", ".join(f"“{place.label or place.key}”" for place in self.items)
        return (
            f"The badge {self.badge} is a draft: its rule names {names}, and nothing "
            "here is surely the same."
        )


@dataclass(frozen=True)
class Fitted:
    """An outline in the words of a course, and what could not be said in them."""

    outline: Outline
    pairs: Mapping[str, str]
    """The course's keys of items by the outline's."""
    set_pairs: Mapping[str, str]
    """The same of sets of items."""
    lacks: tuple[Lack, ...] = ()
    left: tuple[str, ...] = ()
    """The weights whose items are not known, a sentence each."""


def fitted(outline: Outline, course: Outline) -> Fitted:
    """Return an outline with a course's own items in its rules.

    Of the same course a key is enough; of another one `mapping` decides. A badge whose
    items are not all known becomes a draft that names them.
    """
    pairs, set_pairs = _pairs(outline, course), _set_pairs(outline, course)
    badges, lacks = [], []
    for entry in outline.badges or ():
        if is_as_before(entry, outline, course):
            badges.append(entry)
            continue
        items = _lacking(entry.item_keys, pairs, outline.items)
        sets = _lacking(entry.set_keys, set_pairs, outline.sets)
        if items or sets:
            lacks.append(Lack(entry.key, (*items, *sets)))
        state = "draft" if items or sets else entry.state
        names = pairs | {place.key: stand_in(place) for place in items}
        set_names = set_pairs | {place.key: stand_in(place) for place in sets}
        badges.append(_bound(entry, names, set_names, state))
    known = outline.badges is not None
    fit = replace(
        outline,
        badges=tuple(badges) if known else None,
        items=course.items,
        sets=course.sets,
        weights=tuple(bound(outline.weights, _of_weights(outline, course, pairs))),
    )
    left = () if is_of(outline, course) else left_out(outline.weights, pairs)
    return Fitted(fit, pairs, set_pairs, tuple(lacks), tuple(left))


def _lacking(
    keys: frozenset[str], pairs: Mapping[str, str], described: Sequence[Place]
) -> list[Place]:
    """Return what a rule names and is not surely there, by key."""
    known = {place.key: place for place in described}
    missing = sorted(keys - pairs.keys())
    return [known.get(key, Place(key, _label(key))) for key in missing]


def is_as_before(entry: Entry, outline: Outline, course: Outline) -> bool:
    """Tell whether a badge has the rule that it has in this very course.

    Then it is no new word, whatever has become of the items it names; but a draft that
    comes into use is one.
    """
    known = course.by_key.get(entry.key)
    if not is_of(outline, course) or known is None or known.rule != entry.rule:
        return False
    return known.state in LIVE or entry.state not in LIVE


def is_of(outline: Outline, course: Outline) -> bool:
    """Tell whether an outline is of this very course."""
    return bool(course.course) and outline.course == course.course


def _pairs(outline: Outline, course: Outline) -> Pairs:
    named = {key for entry in outline.badges or () for key in entry.item_keys}
    named |= {worth.item for worth in outline.weights if worth.item}
    if not is_of(outline, course):
        named -= {place.key for place in outline.items}
    return _known_again(named, outline.items, course.items, bindings)


def _of_weights(outline: Outline, course: Outline, pairs: Pairs) -> Pairs:
    """Return the items that weights are bound to: in the same course by key alone.

    There a weight of what is gone stays, and goes to no other item of its title.
    """
    if not is_of(outline, course):
        return pairs
    return {key: one for key, one in pairs.items() if key == one}


def _set_pairs(outline: Outline, course: Outline) -> Pairs:
    named = set_keys_of(outline.badges or ())
    if not is_of(outline, course):
        named -= {place.key for place in outline.sets}
    return _known_again(named, outline.sets, course.sets, set_bindings)


def _known_again(
    plain: set[str], old: Sequence[Place], new: Sequence[Place], bind: Bind
) -> Pairs:
    """Bind those of whom a key is enough by it, and the others by what they are."""
    pairs = {place.key: place.key for place in new if place.key in plain}
    ours = [place for place in old if place.key not in pairs]
    theirs = [place for place in new if place.key not in pairs]
    return pairs | bind(ours, theirs)


def _bound(
    entry: Entry, names: Mapping[str, str], set_names: Mapping[str, str], state: str
) -> Entry:
    if not entry.item_keys and not entry.set_keys:
        return entry
    rule = renamed(entry.definition.criterion.to_document(), names, set_names)
    return entry.ruled(Criterion.from_json(rule), state)


def stand_in(place: Place) -> str:
    """Return the name by which a draft's rule says which item it lacks."""
    if place.key.startswith(UNBOUND):
        return place.key
    label = f" ({place.label})" if place.label else ""
    return (
        f"{UNBOUND}{place.key}"[:LONGEST]
        + label[: max(0, LONGEST - len(UNBOUND) - len(place.key))]
    )


def renamed(
    rule: Any,  # noqa: ANN401 -- whatever JSON holds
    names: Mapping[str, str],
    set_names: Mapping[str, str],
) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """Return a rule's document with other names for its items and sets of them."""
    if isinstance(rule, list):
        return [renamed(part, names, set_names) for part in rule]
    if not isinstance(rule, dict):
        return rule
    changed = {name: renamed(one, names, set_names) for name, one in rule.items()}
    if "item_set" in rule:
        changed["item_set"] = set_names.get(rule["item_set"], rule["item_set"])
    if "item" in rule:
        changed["item"] = names.get(rule["item"], rule["item"])
    if "items" in rule:
        changed["items"] = [names.get(key, key) for key in rule["items"]]
    return changed


def _label(key: str) -> str:
    """Return what a stand-in is called."""
    _, _, label = key.partition(" (")
    return label.removesuffix(")")
