"""Where a list goes on: an opaque word that holds a place in its order."""

import base64
import binascii
import json
from datetime import datetime

import sqlalchemy as sa

from models.base import UTCDateTime

FIRST_YEAR, LAST_YEAR = 1970, 9998
"""Beyond them a moment may be none in another zone."""


class BadCursor(ValueError):
    """A cursor is not one of ours, or was made for another list."""


def cursor_of(kind: str, *place: datetime | int) -> str:
    """Return the cursor of a place in a list of this kind."""
    parts = [one.isoformat() if isinstance(one, datetime) else one for one in place]
    text = json.dumps([kind, *parts], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def place_of(kind: str, cursor: str, *types: type[datetime] | type[int]) -> sa.Tuple:
    """Return the place that a cursor names, to be compared with a row's.

    Raises BadCursor, too, for numbers that no database can compare.
    """
    try:
        padded = f"{cursor}{'=' * (-len(cursor) % 4)}"
        named, *parts = json.loads(base64.urlsafe_b64decode(padded))
        if named != kind or len(parts) != len(types):
            raise BadCursor("This cursor belongs to another list.")
        return sa.tuple_(*map(_literal, parts, types))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        if isinstance(error, BadCursor):
            raise
        raise BadCursor("This cursor cannot be read.") from error


def _literal(
    part: object, wanted: type[datetime] | type[int]
) -> sa.ColumnElement[object]:
    if wanted is int:
        if type(part) is not int or abs(part) >= 2**63:
            raise BadCursor("This cursor cannot be read.")
        return sa.literal(part)
    moment = datetime.fromisoformat(str(part))
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadCursor("This cursor cannot be read.")
    return sa.literal(moment, UTCDateTime())
