"""What holds in a course: what it decided, or what its organisation's courses begin with.

A course that decided something keeps it. What the organisation locks is as the
organisation has it, and a course's own word is kept until it is unlocked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gamification.catalog.definitions import Catalog
from gamification.catalog.locks import SETTINGS, is_locked
from gamification.catalog.settings import COLUMNS
from models import Context

AS_DELIVERED: dict[str, Any] = {
    name: Context.__table__.columns[column].default.arg
    for name, column in COLUMNS.items()
}
"""The settings of a course in which nobody decided anything, by their whole names."""
SWITCH = "board.enabled"
GIVEN, OWN = "given", "own"
"""What the organisation gave a course; what the course had decided beneath that."""
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Settled:
    """What is to hold in a course."""

    values: dict[str, Any]
    """Each setting that changes, by its column."""
    given: dict[str, Record]
    """What to remember of where the settings come from."""


def settled(context: Context, ours: Catalog) -> Settled:
    """Say what holds in a course by its tenant's catalog.

    What could not be read says nothing: there the course stays as it is.
    """
    chosen, kept = _chosen(context), dict(context.given_settings)
    if not ours.readable:
        return Settled({}, kept)
    values: dict[str, Any] = {}
    for name, column in COLUMNS.items():
        if name in ours.unread:
            continue
        value, record = _holding(name, context, ours, chosen)
        if value != getattr(context, column):
            values[column] = value
        if record is None:
            kept.pop(name, None)
        else:
            kept[name] = record
    return Settled(values, kept)


def decided(context: Context) -> dict[str, Any]:
    """Return what a course decided itself, by the settings' names.

    What it took from its organisation is no decision; nor is what came with Laurel.
    """
    found = {name: _decided(context, name) for name in COLUMNS}
    return {name: value for name, value in found.items() if value is not None}


def fixed(ours: Catalog) -> tuple[str, ...]:
    """Return the locks that come with a value: only the catalog decides of those."""
    names = (f"{SETTINGS}.{name}" for name in ours.settings)
    return tuple(name for name in names if is_locked(ours.locked, name))


def _chosen(context: Context) -> dict[str, Any]:
    """Return what no default may change in a course.

    Who turned a board on has seen what it shows of whom: all of it is decided then.
    """
    chosen = decided(context)
    if not chosen.get(SWITCH):
        return chosen
    return {name: _now(context, name) for name in COLUMNS} | chosen


def _holding(
    name: str, context: Context, ours: Catalog, chosen: Mapping[str, Any]
) -> tuple[Any, Record | None]:
    """Return what a setting is to be, and what is remembered with it."""
    value = chosen.get(name)
    if name not in ours.settings:
        if name not in context.given_settings:
            return _now(context, name), None
        if value is None:
            return AS_DELIVERED[name], None
        return value, {GIVEN: None} if value == AS_DELIVERED[name] else None
    theirs = ours.settings[name]
    if value is None:
        return theirs, {GIVEN: theirs}
    if value == theirs or is_locked(ours.locked, f"{SETTINGS}.{name}"):
        return theirs, {GIVEN: theirs, OWN: value}
    return value, {GIVEN: theirs}


def _decided(context: Context, name: str) -> Any:  # noqa: ANN401 -- a setting of any type
    """Return a course's own word on a setting; None where it has none."""
    value, record = _now(context, name), context.given_settings.get(name)
    if record is None:
        return value if value != AS_DELIVERED[name] else None
    return record.get(OWN) if value == record[GIVEN] else value


def _now(context: Context, name: str) -> Any:  # noqa: ANN401 -- a setting of any type
    return getattr(context, COLUMNS[name])
