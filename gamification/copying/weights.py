"""What facts are worth, as texts and copies hand it on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gamification.metrics.weights import Worth

Place = tuple[str, str | None]


def written(worths: Iterable[Worth]) -> list[dict[str, Any]]:
    """Return weights as plain data; points are exact decimals in texts."""
    return [_written(worth) for worth in worths]


def points(number: int) -> str:
    """Write millionths as points: 2, 0.5, 50."""
    return format(Decimal(number).scaleb(-6).normalize(), "f")


def bound(worths: Sequence[Worth], pairs: Mapping[str, str]) -> list[Worth]:
    """Return weights with another course's items; what is not known there is left out."""
    return [
        replace(worth, item=pairs[worth.item]) if worth.item else worth
        for worth in worths
        if worth.item is None or worth.item in pairs
    ]


def left_out(worths: Iterable[Worth], pairs: Mapping[str, str]) -> list[str]:
    """Say of which weights the item is not known."""
    return [
        f"What is {_what(worth)} has no weight of its own here: no item is surely the "
        "same."
        for worth in worths
        if worth.item is not None and worth.item not in pairs
    ]


def by_place(worths: Iterable[Worth]) -> dict[Place, Worth]:
    """Return weights by what they are for."""
    return {(worth.kind, worth.item): worth for worth in worths}


def together(before: Iterable[Worth], after: Iterable[Worth]) -> list[Worth]:
    """Return the weights of a course once it takes others."""
    return [*(by_place(before) | by_place(after)).values()]


def told(before: Iterable[Worth], after: Iterable[Worth]) -> list[str]:
    """Say which weights change, and how."""
    ours = by_place(before)
    return [
        f"What is {_what(worth)} is worth {_worth(worth)}, not {_worth(known)}."
        if (known := ours.get((worth.kind, worth.item)))
        else f"What is {_what(worth)} is worth {_worth(worth)}."
        for worth in after
        if worth != ours.get((worth.kind, worth.item))
    ]


def _written(worth: Worth) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": worth.kind}
    if worth.item is not None:
        row["item"] = worth.item
    row["weight"] = points(worth.points)
    if worth.daily_cap is not None:
        row["daily_cap"] = points(worth.daily_cap)
    if worth.effective_from is not None:
        row["effective_from"] = worth.effective_from
    return row


def _what(worth: Worth) -> str:
    return f"{worth.kind} in {worth.item}" if worth.item else worth.kind


def _worth(worth: Worth) -> str:
    said = f"{points(worth.points)} points"
    if worth.daily_cap is not None:
        said += f" (at most {points(worth.daily_cap)} a day)"
    if worth.effective_from is not None:
        said += f" from {worth.effective_from:%Y-%m-%d %H:%M} on"
    return said
