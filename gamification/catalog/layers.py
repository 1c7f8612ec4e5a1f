"""The layers of the catalog: what is shipped, and what a tenant makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from gamification.catalog.circles import circle_in
from gamification.catalog.definitions import (
    FIELDS,
    RULE,
    SHORTHAND,
    Catalog,
    Definition,
    Dropped,
    Malformed,
    Note,
    define,
    key_of,
    shown,
    unknown_in,
)
from gamification.catalog.linting import lint, not_above_zero

REMOVED = "removed"


@dataclass
class Layer:
    """The badges after some entries were read, and all that was wrong with those."""

    kept: dict[str, Definition] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    below: "Layer | None" = None
    _written: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _spots: dict[str, str] = field(default_factory=dict)

    @classmethod
    def over(cls, below: "Layer") -> Self:
        """Return a layer that begins with what lies below it."""
        return cls(dict(below.kept), list(below.dropped), below=below)

    def read(self, entries: Iterable[object], where: str) -> None:
        """Add the entries of a list; what cannot be used is dropped and named."""
        for number, entry in enumerate(entries, 1):
            spot, key = f"{where}, badge {number}", key_of(entry)
            try:
                self._add(key, entry)
            except Malformed as malformed:
                self.drop(Dropped(spot, key, str(malformed)))
            else:
                self._spots[key] = spot
                unknown = unknown_in(self._written[key], self._fields)
                self.notes += [Note(spot, key, reason) for reason in unknown]
                self.notes += [Note(spot, key, why) for why in self._senseless(key)]
        self._drop_strangers(where)
        self._drop_circles()

    def drop(self, dropped: Dropped) -> None:
        """Remember what was left out."""
        self.dropped.append(dropped)
        self.notes.append(dropped)

    def _senseless(self, key: str) -> list[str]:
        """Say what makes no sense about a badge that is kept all the same."""
        return lint(self.kept[key].criterion) if key in self.kept else []

    def _drop_strangers(self, where: str) -> None:
        """Drop entries that ask for a badge that is not there.

        A badge that lies below stays: what it asks for was taken out on purpose.
        """
        there = self.kept.keys() | {dropped.key for dropped in self.dropped}
        for key, entry in list(self.kept.items()):
            for asked in entry.criterion.prerequisites:
                if asked not in there and key in self._spots:
                    known = ", ".join(sorted(self.kept))
                    reason = f'it asks for a badge "{shown(asked)}"; there are {known}'
                    self._take_back(key, reason)
                elif asked not in there:
                    gone = f'it asks for the badge "{shown(asked)}", which is taken out'
                    self.notes.append(Note(where, key, gone))

    def _drop_circles(self) -> None:
        """Drop the entries that ask, by way of others, for themselves."""
        while circle := circle_in(
            {key: entry.criterion.prerequisites for key, entry in self.kept.items()}
        ):
            ours = [key for key in circle[1:] if key in self._spots]
            reason = f"badges ask for each other: {' → '.join(circle)}"
            for key in ours:
                self._take_back(key, reason)
            if not ours:
                # Nothing of this layer is in it: there is nothing to take back.
                return

    def _take_back(self, key: str, reason: str) -> None:
        """Leave an entry out after all; what lies below it comes back."""
        if key not in self.kept:
            return
        self.drop(Dropped(self._spots.pop(key), key, reason))
        below = self.below.kept.get(key) if self.below else None
        if below:
            self.kept[key] = below
        else:
            del self.kept[key]

    def to_catalog(self) -> Catalog:
        """Return what this layer comes to."""
        return Catalog(tuple(self.kept.values()), tuple(self.dropped))

    @property
    def _fields(self) -> tuple[str, ...]:
        return (*FIELDS, REMOVED) if self.below else FIELDS

    def _add(self, key: str, entry: object) -> None:
        if self.below and isinstance(entry, Mapping):
            self._overlay(key, entry, self.below)
        else:
            definition = define(entry, taken=self._written)
            _refuse_idle(definition, entry)
            self.kept[key] = definition
        if isinstance(entry, Mapping):
            self._written[key] = entry

    def _overlay(self, key: str, entry: Mapping[str, Any], below: "Layer") -> None:
        """Let an entry add a badge, take one out, or change some of its fields."""
        removed = entry.get(REMOVED, False)
        if not isinstance(removed, bool):
            raise Malformed("its removed is neither true nor false")
        if removed and key not in below.kept:
            raise Malformed("there is no badge of this key to be removed")
        known = below._written.get(key, {})  # noqa: SLF001 -- another of this class
        whole = {**_without_rule(known, entry), **entry}
        definition = define(whole, taken=self._written, origin="tenant")
        _refuse_idle(definition, whole)
        if removed:
            del self.kept[key]
        else:
            self.kept[key] = definition


def _refuse_idle(definition: Definition, entry: object) -> None:
    """Raise Malformed where a bound is not above 0: no catalog has drafts."""
    said = not_above_zero(definition.criterion)
    if not said:
        return
    if isinstance(entry, Mapping) and RULE in entry:
        raise Malformed(f"its criterion cannot be used: {shown(' '.join(said), 400)}")
    raise Malformed("its threshold is not above 0: everybody would have the badge")


def _without_rule(known: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the rule of what lies below out where an entry brings one of the other form."""
    gone: tuple[str, ...] = ()
    if RULE in entry:
        gone = SHORTHAND
    elif any(name in entry for name in SHORTHAND):
        gone = (RULE,)
    return {name: value for name, value in known.items() if name not in gone}
