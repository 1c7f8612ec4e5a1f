"""A course's settings as plain data; whether it is on is nobody's but its own."""

from collections.abc import Mapping
from typing import Any

from gamification.catalog.settings import COLUMNS
from models import Context


def settings_of(context: Context) -> dict[str, Any]:
    """Return what is decided in a course, but for its switch."""
    values = {name: getattr(context, column) for name, column in COLUMNS.items()}
    term = {"start": context.term_start, "end": context.term_end}
    return {
        **nested(values),
        "term": {name: day for name, day in term.items() if day is not None},
        "time_zone": context.chosen_zone,
    }


def nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of whole names as the tables that a text has."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        *tables, last = name.split(".")
        table = found
        for part in tables:
            table = table.setdefault(part, {})
        table[last] = value
    return found


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return settings by their whole names: `board.span.top`."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found
