"""What an organisation's courses begin with, as `catalog.toml` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gamification.catalog.definitions import shown, unknown_in

COLUMNS = {
    "board.enabled": "board_enabled",
    "board.identity": "board_identity",
    "board.rank": "board_rank",
    "board.span.neighbours": "board_neighbours",
    "board.span.top": "board_top",
    "board.participation": "board_participation",
    "board.minimum": "board_minimum",
    "board.lists": "board_lists",
    "board.leagues": "board_leagues",
}
"""Each setting by the name that a course's text gives it, and where a course keeps it."""
WORDS = {
    "board.identity": ("alias", "name"),
    "board.rank": ("absolute", "relative", "hidden"),
    "board.participation": ("opt_in", "opt_out", "all"),
}
LARGEST = {
    "board.span.neighbours": 10,
    "board.span.top": 50,
    "board.minimum": 1_000_000,
}
NO_TABLE = "this is not a table of fields"
ITS_OWN = "this is decided in each course, and by no catalog; leave it out"
IN_COURSES = ("enabled", "time_zone", "term", "locked")


@dataclass
class Read:
    """What courses begin with, by whole names, and what is wrong beside it."""

    settings: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Where something is wrong, and what."""
    unread: list[str] = field(default_factory=list)
    """The settings that are written and cannot be used."""


def read_settings(document: object) -> Read:
    """Read a tenant's settings; one with a fault is named and left out."""
    found = Read()
    _read(found, document, "")
    return found


def _read(found: Read, table: object, within: str) -> None:
    prefix = f"{within}." if within else ""
    if not isinstance(table, Mapping):
        found.faults.append((within, NO_TABLE))
        found.unread += [name for name in COLUMNS if name.startswith(prefix)]
        return
    parts, own = _parts(prefix), () if within else IN_COURSES
    if unknown := unknown_in(table, (*parts, *own)):
        found.faults += [(within, reason) for reason in unknown]
        # Which of the others is meant by it is not known.
        found.unread += _left_out(prefix, table)
    found.faults += [(name, ITS_OWN) for name in own if name in table]
    for part in parts:
        if part in table:
            _take(found, f"{prefix}{part}", table[part])


def _take(found: Read, name: str, value: object) -> None:
    if name not in COLUMNS:
        _read(found, value, name)
    elif wrong := _wrong(name, value):
        found.faults.append((name, wrong))
        found.unread.append(name)
    else:
        found.settings[name] = value


def _left_out(prefix: str, table: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name in COLUMNS
        if name.startswith(prefix)
        and name.removeprefix(prefix).partition(".")[0] not in table
    ]


def _parts(prefix: str) -> tuple[str, ...]:
    """Return what a table of settings may hold: `board` at the top."""
    parts = [
        name.removeprefix(prefix).partition(".")[0]
        for name in COLUMNS
        if name.startswith(prefix)
    ]
    return tuple(dict.fromkeys(parts))


def _wrong(name: str, value: object) -> str:
    """Say what is wrong with a setting's value; nothing if it can be used."""
    if name in WORDS:
        is_good = isinstance(value, str) and value in WORDS[name]
        said = ", ".join(WORDS[name])
        return "" if is_good else f"it is one of {said}{_instead(value)}"
    if name in LARGEST:
        is_good = type(value) is int and 0 <= value <= LARGEST[name]
        return "" if is_good else f"it is a whole number from 0 to {LARGEST[name]}"
    return "" if isinstance(value, bool) else "it is neither true nor false"


def _instead(value: object) -> str:
    return f', and not "{shown(value)}"' if isinstance(value, str) else ""
