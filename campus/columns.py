"""A line item as a tool writes it (AGS 2.0, section 3.2)."""

import json
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    label: str
    maximum: float
    resource_id: str
    tag: str
    link_id: str


class ColumnMalformed(Exception):
    """The body is no line item; `field` names the first member that is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def parse_column(body: bytes) -> Column:
    """Read a line item. Raises ColumnMalformed."""
    try:
        members = json.loads(body)
    except ValueError as error:
        raise ColumnMalformed("body") from error
    return column_of(members)


def column_of(members: object) -> Column:
    """Read a line item's members. Raises ColumnMalformed."""
    if not isinstance(members, dict):
        raise ColumnMalformed("body")
    label, maximum = members.get("label"), members.get("scoreMaximum")
    if not isinstance(label, str) or not label.strip():
        raise ColumnMalformed("label")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float):
        raise ColumnMalformed("scoreMaximum")
    if not math.isfinite(maximum) or maximum <= 0:
        raise ColumnMalformed("scoreMaximum")
    return Column(
        label=label.strip(),
        maximum=float(maximum),
        resource_id=str(members.get("resourceId", "")),
        tag=str(members.get("tag", "")),
        link_id=str(members.get("resourceLinkId", "")),
    )
