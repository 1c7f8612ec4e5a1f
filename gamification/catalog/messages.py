"""What learners are told, in the words of their course: plain texts with places."""

import re
from collections.abc import Mapping
from types import MappingProxyType

PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "award": ("badge", "course"),
        "milestone": ("points", "course"),
        "expiring": ("badge", "course", "date"),
        "expired": ("badge", "course", "date"),
        "revoked": ("badge", "course"),
        "lifted": ("badge", "course"),
        "renewed": ("badge", "course", "date"),
        "level": ("level", "course"),
        "personal_best": ("best", "course"),
    }
)
"""The occasions, and which values may stand in a message of each."""
SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "award": "You have earned {badge}.",
        "milestone": "You have reached {points} points.",
        "expiring": "{badge} lasts until {date}.",
        "expired": "{badge} lasted until {date}.",
        "revoked": "{badge} was taken back; its page says why.",
        "lifted": "You can earn {badge} again.",
        "renewed": "{badge} now lasts until {date}.",
        "level": "You have reached level {level}.",
        "personal_best": "Your best so far: {best}.",
    }
)
OF_MANY: Mapping[str, str] = MappingProxyType(
    {
        "award": "You have earned {number} badges.",
        "milestone": "You have reached {number} milestones.",
        "expiring": "{number} of your badges end soon.",
        "expired": "{number} of your badges have ended.",
        "revoked": "{number} of your badges were taken back; their pages say why.",
        "lifted": "You can earn {number} badges again.",
        "renewed": "{number} of your badges last until another day.",
        "level": "You have come up {number} levels.",
        "personal_best": "You have beaten {number} of your own bests.",
    }
)
"""What is said to changes that came together, whatever is said to a single one."""
ENDLESS = "{badge} is yours for good."
"""What is said in the place of a day on which a badge ends, where it has none now."""
SHARE = "You have completed {share} % of the activities."
"""What is said to a milestone that is no number of points."""
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "badge": "Author",
        "course": "Botany",
        "points": "100",
        "date": "22 November 2026",
        "level": "3",
        "best": "28 points in one week",
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
