"""What Canvas tells of somebody's sections and groups in our custom parameters.

https://github.com/instructure/canvas-lms/blob/master/app/serializers/lti/ims/names_and_roles_serializer.rb
"""

import json
from collections.abc import Mapping

from lti.groups import Groups, Part
from models.texts import can_be_kept, one_line

MOST = 200
"""Of more sections or groups of one person nothing is believed."""
LONGEST_TEXT = 100_000
LONGEST_KEY, LONGEST_NAME = 64, 255


def groups_of(custom: Mapping[str, object]) -> Groups:
    """Read both; what Canvas leaves as a variable (an older version) is not told."""
    found: dict[str, tuple[Part, ...]] = {}
    sections = _keys(custom.get("section_ids"))
    if sections is not None:
        names = _names(custom.get("section_names"), len(sections))
        found["section"] = tuple(map(Part, sections, names))
    groups = _keys(custom.get("group_context_ids"))
    if groups is not None:
        # The roster tells no names of groups.
        found["group"] = tuple(map(Part, groups))
    return found


def _keys(value: object) -> list[str] | None:
    """Return the ids that commas part; None for what is no such list."""
    if type(value) is int:
        # A parameter that is a number comes as one.
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    keys = list(dict.fromkeys(key for one in value.split(",") if (key := one.strip())))
    are_ids = all(key.isalnum() and key.isascii() for key in keys)
    is_short = len(keys) <= MOST and all(len(key) <= LONGEST_KEY for key in keys)
    return keys if are_ids and is_short else None


def _names(value: object, number: int) -> list[str]:
    """Return the names that go with so many sections; none where they do not.

    One list counts the current enrolments and the other one the active ones.
    """
    nameless = [""] * number
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return nameless
    try:
        names = json.loads(value)
    except (ValueError, RecursionError):
        return nameless
    if not isinstance(names, list) or len(names) != number:
        return nameless
    return [_name(name) for name in names]


def _name(name: object) -> str:
    if not isinstance(name, str):
        return ""
    plain = one_line(name[: 4 * LONGEST_NAME])[:LONGEST_NAME]
    return plain if can_be_kept(plain) else ""
