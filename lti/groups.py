"""Sections and groups, as a roster tells them with each member.

Names and Roles 2.0, 3.5: with a link's `rlid` a member carries the message that a
launch of it would, its custom parameters expanded for that person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lti.launch import CUSTOM, MESSAGE_TYPE, RESOURCE_LINK_REQUEST


@dataclass(frozen=True)
class Part:
    """A section or a group as its platform names it."""

    key: str
    name: str = ""


Groups = Mapping[str, tuple[Part, ...]]
"""What somebody is in, by kind; a kind that was not told at all is not there."""


def custom_of(fields: Mapping[str, object]) -> Mapping[str, object]:
    """Return the custom parameters in a roster's row; nothing where there are none."""
    messages = fields.get("message")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and _is_launch(message):
            custom = message.get(CUSTOM)
            return custom if isinstance(custom, dict) else {}
    return {}


def told_by_all(people: Iterable[Groups]) -> set[str]:
    """Return the kinds that were told of each one: of others we know a part alone."""
    found = [set(groups) for groups in people]
    return set.intersection(*found) if found else set()


def _is_launch(message: Mapping[str, object]) -> bool:
    return message.get(MESSAGE_TYPE) == RESOURCE_LINK_REQUEST
