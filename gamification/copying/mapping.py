"""Which item of a new course is which of an old one; what is not sure stays open."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """An item as another course can know it again."""

    key: str
    label: str = ""
    type: str = ""
    position: int = 0
    resource_id: str = ""
    """The name that Laurel gave it at the platform; it outlives a copy."""
    link: str = ""
    """The platform's name of the link it belongs to."""
    earlier: frozenset[str] = frozenset()
    """The names of the links of which the platform says that its link is a copy."""


Sign = Callable[[Place], Hashable]
Pairs = dict[str, str]


def bindings(old: Sequence[Place], new: Sequence[Place]) -> Pairs:
    """Return the new items' keys by the old ones'.

    Told by our own resource id, else by the platform's history, else by type and
    title. Where several look the same their position decides, and where that does not
    either, nothing does: a rule that counts the wrong work is worse than a draft. No
    item is bound twice.
    """
    found: Pairs = {}
    stages: list[Callable[[list[Place], list[Place]], Pairs]] = [
        lambda ours, theirs: _alike(ours, theirs, lambda place: place.resource_id),
        _descended,
        lambda ours, theirs: _alike(ours, theirs, _title),
    ]
    for stage in stages:
        bound = set(found.values())
        left = [place for place in old if place.key not in found]
        found |= stage(left, [place for place in new if place.key not in bound])
    return found


def set_bindings(old: Sequence[Place], new: Sequence[Place]) -> Pairs:
    """Return the same of sets of items: told by key and title, else by the title alone.

    Where several are called the same and have other keys, nothing decides.
    """
    found = _alike(old, new, _key_and_title)
    bound = set(found.values())
    ours = _by((place for place in old if place.key not in found), _title)
    theirs = _by((place for place in new if place.key not in bound), _title)
    return found | {
        ours[name][0].key: theirs[name][0].key
        for name in ours.keys() & theirs.keys()
        if len(ours[name]) == len(theirs[name]) == 1
    }


def _alike(old: Iterable[Place], new: Iterable[Place], sign: Sign) -> Pairs:
    ours, theirs = _by(old, sign), _by(new, sign)
    found: Pairs = {}
    for name in ours.keys() & theirs.keys():
        found |= _paired(ours[name], theirs[name])
    return found


def _paired(old: list[Place], new: list[Place]) -> Pairs:
    """Pair places that look the same: one and one, else those of equal position."""
    if len(old) == len(new) == 1:
        return {old[0].key: new[0].key}
    ours, theirs = (_by(side, lambda place: place.position) for side in (old, new))
    return {
        ours[number][0].key: theirs[number][0].key
        for number in ours.keys() & theirs.keys()
        if len(ours[number]) == len(theirs[number]) == 1
    }


def _descended(old: list[Place], new: list[Place]) -> Pairs:
    """Pair places whose links the platform calls a copy of each other, one and one."""
    links = _by(old, lambda place: place.link)
    heirs: dict[str, list[str]] = defaultdict(list)
    for place in new:
        ancestors = [
            one for link in sorted(place.earlier) for one in links.get(link, [])
        ]
        if len(ancestors) == 1:
            heirs[ancestors[0].key].append(place.key)
    return {key: copies[0] for key, copies in heirs.items() if len(copies) == 1}


def _key_and_title(place: Place) -> Hashable:
    title = _title(place)
    return None if title is None else (place.key, title)


def _title(place: Place) -> Hashable:
    plain = " ".join(place.label.casefold().split())
    return (place.type, plain) if plain else None


def _by(places: Iterable[Place], sign: Sign) -> dict[Hashable, list[Place]]:
    """Group places by a sign; those that have none are left out."""
    groups: dict[Hashable, list[Place]] = defaultdict(list)
    for place in places:
        name = sign(place)
        if name not in {None, ""}:
            groups[name].append(place)
    return groups
