"""Badges as other programs write them: kept to the letter, with a rule proposed.

Their criteria are a text for people. What it seems to say is proposed; an instructor
binds it to the course's items before anybody can earn the badge.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gamification.catalog.definitions import KEY, Malformed, shown
from gamification.catalog.definitions import LONGEST as SHORT
from gamification.catalog.rules import BadRule, read_rule
from gamification.catalog.rules.tree import MOST_PARTS
from models.texts import one_line

TEXTS = ("badge_id", "name", "description", "image_url", "criteria")
DATES = ("issued_date", "expiration_date")
NEEDED = ("badge_id", "name", "criteria")
LONGEST = {"name": 255, "image_url": 2048}
LONGEST_TEXT = 4000
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
"""What a database may refuse: half of a character is none."""

COMPLETED = re.compile(
    r"(?:complete[sd]?|finish(?:e[sd])?) (?:the )?(?P<item>.+)", re.IGNORECASE
)
DO = r"(?:pass(?:e[sd])?|scores?|reach(?:e[sd])?|gets?)"
NUMBER = (
    r"(?:(?P<strict>above|over|more than) |at least )?"
    r"(?P<bound>\d{1,3}(?:\.\d{1,2})?) ?%(?: or (?:higher|more|above|better))?"
)
THING = r"(?:the |an? )?(?P<item>(?!above|over|more|at least|\d).+?)"
PERCENTS = (
    re.compile(rf"{DO} {THING}(?: with| at| by)? {NUMBER}", re.IGNORECASE),
    re.compile(rf"{DO} {NUMBER} (?:on|in) {THING}", re.IGNORECASE),
)


@dataclass(frozen=True)
class Foreign:
    """One badge's document, to the letter."""

    document: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.document["badge_id"])

    @property
    def label(self) -> str:
        """Its name in one line, as long as a badge's may be."""
        return _line(self.document["name"], SHORT["label"])

    @property
    def description(self) -> str:
        """Its description, as long as a badge's may be."""
        text = str(self.document.get("description") or "").strip()
        return "\n".join(
            _line(line, SHORT["description"]) for line in text.split("\n")
        )[: SHORT["description"]]

    @property
    def text(self) -> str:
        return str(self.document["criteria"])


@dataclass(frozen=True)
class Reading:
    """What a text seems to ask for."""

    rule: dict[str, Any] | None
    """A rule, with the items' keys where they were found; None: not understood."""
    unbound: tuple[str, ...] = ()
    """What it names and no item, or more than one, is called."""


def read_foreign(document: object) -> Foreign:
    """Return a badge of another program; raise Malformed for what is none."""
    if not isinstance(document, Mapping):
        raise Malformed("it is not a table of fields")
    known = (*TEXTS, *DATES)
    for name in NEEDED:
        if name not in document:
            raise Malformed(f"it has no {name}")
    for name, value in document.items():
        if name not in known:
            raise Malformed(
                f'unknown field "{shown(str(name))}"; there are {", ".join(known)}'
            )
        if value is not None or name in NEEDED:
            _check(name, value)
    if not KEY.fullmatch(document["badge_id"]):
        raise Malformed(
            "its badge_id needs letters, digits, dots, dashes or underscores"
        )
    return Foreign(dict(document))


def proposed(text: str, items: Mapping[str, str]) -> Reading:
    """Propose the rule that a text seems to say; `items` are labels by key."""
    plain = " ".join(text.split()).rstrip(".")
    clauses = re.split(r" ?(?:,|\band\b) ?", plain)
    if len(clauses) > MOST_PARTS:
        return Reading(None)
    parts, unbound = [], []
    for clause in clauses:
        part = _condition(clause)
        if part is None:
            return Reading(None)
        said = part["item"]
        key = _item(said, items)
        if key is None:
            unbound.append(said)
        parts.append({**part, "item": key or said})
    rule = {"all": parts} if len(parts) > 1 else parts[0]
    try:
        read_rule(rule)
    except BadRule:
        return Reading(None)
    return Reading(rule, tuple(unbound))


def _condition(clause: str) -> dict[str, Any] | None:
    percents = (pattern.fullmatch(clause) for pattern in PERCENTS)
    if found := next(filter(None, percents), None):
        bound = float(found["bound"])
        compared = "more_than" if found["strict"] else "at_least"
        number = int(bound) if bound.is_integer() else bound
        return {"metric": "percent", "item": found["item"], compared: number}
    if found := COMPLETED.fullmatch(clause):
        return {"metric": "completed", "item": found["item"]}
    return None


def _item(said: str, items: Mapping[str, str]) -> str | None:
    """Find the one item that is called so, or whose name has these words in it."""
    plain = said.casefold()
    same = [key for key, label in items.items() if plain in (label.casefold(), key)]
    words = re.compile(rf"\b{re.escape(plain)}\b")
    like = same or [
        key for key, label in items.items() if words.search(label.casefold())
    ]
    return like[0] if len(like) == 1 else None


def _line(text: str, longest: int) -> str:
    """Return a text as one line of so many characters at most."""
    plain = one_line(text)
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _check(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise Malformed(f"its {name} is not a text")
    if len(value) > LONGEST.get(name, LONGEST_TEXT) or UNKEPT.search(value):
        raise Malformed(f"its {name} is too long or cannot be kept")
    if name in NEEDED and not value.strip():
        raise Malformed(f"its {name} is empty")
    if name in DATES:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise Malformed(f"its {name} is not a date such as 2024-05-01") from None
