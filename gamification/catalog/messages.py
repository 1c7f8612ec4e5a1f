"""What learners are told, in the words of their course: plain texts with places."""

import re
from collections.abc import Mapping
from types import MappingProxyType

PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "award": ("badge", "course"),
        "milestone": ("points", "course"),
        "expiring": ("badge", "course", "date"),
    }
)
"""The occasions, and which values may stand in a message of each."""
SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "award": "You have earned {badge}.",
        "milestone": "You have reached {points} points.",
        "expiring": "{badge} lasts until {date}.",
    }
)
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "badge": "Author",
        "course": "Botany",
        "points": "100",
        "date": "22 November 2026",
    }
)
LONGEST = 300
PLACE = re.compile(r"\{([^{}]*)\}")


class BadMessage(ValueError):
    """A message cannot be used; it says why."""


def checked(kind: str, text: object) -> str:
    """Return a message as it can be kept; raise BadMessage for what is none.

    One line of plain text, with no place but those of its occasion.
    """
    if kind not in PLACES:
        raise BadMessage(f'there is no message "{kind}"; there are {", ".join(PLACES)}')
    if not isinstance(text, str):
        raise BadMessage("it is not a text")
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise BadMessage(f"it needs 1 to {LONGEST} characters that can be seen")
    if "<" in plain:
        raise BadMessage("it holds a <: messages are plain text")
    for place in PLACE.findall(plain):
        if place not in PLACES[kind]:
            there = ", ".join(f"{{{name}}}" for name in PLACES[kind])
            raise BadMessage(f"there is no place {{{place[:40]}}}; there are {there}")
    if re.search(r"[{}]", PLACE.sub("", plain)):
        raise BadMessage("it holds a brace that belongs to no place, as in {badge}")
    return plain


def render(text: str, values: Mapping[str, str]) -> str:
    """Put values into the places of a message; a place without one stays as it is.

    What is put in is a value, whatever braces it has.
    """
    return PLACE.sub(lambda place: values.get(place[1], place[0]), text)
