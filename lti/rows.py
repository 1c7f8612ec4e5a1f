"""Reading the rows platforms send: what cannot be right is dropped, and named."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from models.texts import one_line

LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Dropped:
    """A row we left out: where it stood and why, without a word of it."""

    where: str
    reason: str
    sub: str = field(default="", repr=False)
    """Whose it is at the platform, if that could be read: for us, and for no log."""

    def told(self, label: str = "", people: Mapping[str, str] | None = None) -> Self:
        """Say where an operator finds it: in which activity, and whose it is.

        A person is named by our id, out of `people`; one we do not know by the first
        twelve digits of the SHA-256 of the platform's.
        """
        places = [f"“{label}”"] * bool(label) + [self.where]
        if self.sub:
            unknown = hashlib.sha256(self.sub.encode()).hexdigest()[:12]
            places.append(f"person {(people or {}).get(self.sub, unknown)}")
        return replace(self, where=", ".join(places))


class RowMalformed(Exception):
    """A row cannot be read; the message is the reason."""


def members_of(row: object) -> dict[str, object]:
    """Return a row's members. Raises RowMalformed when it is no JSON object."""
    if not isinstance(row, dict):
        raise RowMalformed("no object")
    return row


def subject_of(value: object) -> str:
    """Return a person's id at the platform: 1 to 255 visible ASCII characters.

    Raises RowMalformed (LTI Core 1.3, 5.3.6.1; NRPS 2.0 uses the same id).
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT:
        raise RowMalformed("no user id")
    if not value.isascii() or not value.isprintable():
        raise RowMalformed("user id with odd characters")
    return value


def text_of(value: object, longest: int) -> str:
    """Return a text in one line, without what databases and pages cannot take.

    Empty if it is none, or a variable the platform did not fill in (`$Person.name`).
    """
    if not isinstance(value, str) or value.startswith("$"):
        return ""
    return one_line(value[: 4 * longest])[:longest]
