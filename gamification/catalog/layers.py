"""The layers of the catalog: what is shipped, and what a tenant makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from gamification.catalog.definitions import (
    FIELDS,
    Catalog,
    Definition,
    Dropped,
    Malformed,
    Note,
    define,
    key_of,
    unknown_in,
)

REMOVED = "removed"


@dataclass
class Layer:
    """The badges after some entries were read, and all that was wrong with those."""

    kept: dict[str, Definition] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    below: "Layer | None" = None
    _written: dict[str, Mapping[str, Any]] = field(default_factory=dict)

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
                unknown = unknown_in(self._written[key], self._fields)
                self.notes += [Note(spot, key, reason) for reason in unknown]

    def drop(self, dropped: Dropped) -> None:
        """Remember what was left out."""
        self.dropped.append(dropped)
        self.notes.append(dropped)

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
        whole = {**below._written.get(key, {}), **entry}  # noqa: SLF001 -- another of this class
        definition = define(whole, taken=self._written, origin="tenant")
        if removed:
            del self.kept[key]
        else:
            self.kept[key] = definition
