"""A course's settings as plain data; whether it is on is nobody's but its own."""

from collections.abc import Mapping
from typing import Any

from models import Context

BOARD = {
    "enabled": "board_enabled",
    "identity": "board_identity",
    "rank": "board_rank",
    "participation": "board_participation",
    "minimum": "board_minimum",
    "lists": "board_lists",
    "leagues": "board_leagues",
}
SPAN = {"neighbours": "board_neighbours", "top": "board_top"}


def settings_of(context: Context) -> dict[str, Any]:
    """Return what is decided in a course, but for its switch."""
    board = {name: getattr(context, column) for name, column in BOARD.items()}
    board["span"] = {name: getattr(context, column) for name, column in SPAN.items()}
    term = {"start": context.term_start, "end": context.term_end}
    return {
        "board": board,
        "term": {name: day for name, day in term.items() if day is not None},
        "time_zone": context.chosen_zone,
    }


def _delivered(columns: Mapping[str, str]) -> dict[str, Any]:
    table = Context.__table__.columns
    return {name: table[column].default.arg for name, column in columns.items()}


BOARD_AS_DELIVERED = {**_delivered(BOARD), "span": _delivered(SPAN)}
"""The board of a course in which nobody chose anything yet."""


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return settings by their whole names: `board.span.top`."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found
