"""What the operator wrote in the catalog, entry by entry, good or dropped."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from gamification.catalog.criteria import Criterion
from gamification.catalog.rules import BadRule
from gamification.metrics import METRICS
from models.texts import one_line

RULE, SHORTHAND = "criterion", ("metric", "threshold")
FIELDS = (
    *("key", "label", "icon", "description", *SHORTHAND, RULE, "policy", "valid_days"),
)
POLICIES = ("keep", "revoke")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LONGEST = {"label": 100, "icon": 16, "description": 1000}
LARGEST = 1_000_000_000
LONGEST_VALID = 36_500
"""In days; what lasts a century may as well last."""
ICON = "🏅"
ONE_LINE = ("label", "icon")
UNSHOWN = {"Cc", "Cs"}
"""Control characters and halves of characters: a database may refuse them."""


class Malformed(ValueError):
    """An entry cannot be used; the message says why, to the operator."""


@dataclass(frozen=True)
class Definition:
    """One badge as the catalog defines it."""

    key: str
    label: str
    icon: str
    description: str
    criterion: Criterion
    policy: str = "keep"
    """`revoke` takes it back from who no longer meets its rule."""
    valid_days: int | None = None
    """So long an award lasts; None: for good."""
    origin: str = "shipped"
    """The layer it comes from: `shipped`, or `tenant` where that has a say in it."""


@dataclass(frozen=True)
class Note:
    """What an operator should look at: where it stands and why."""

    where: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}{f' ({self.key})' if self.key else ''}: {self.reason}"


class Dropped(Note):
    """An entry that was left out."""


@dataclass(frozen=True)
class Catalog:
    """The usable badges in order, and what was dropped.

    This is what everybody gets; `of` gives what a tenant made of it.
    """

    entries: tuple[Definition, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    readable: bool = True
    """False when the file as a whole could not be read: then nothing is known."""
    notes: tuple[Note, ...] = ()
    """All there is to mend in the file, tenants' entries included, dropped or not."""
    tenants: Mapping[str, "Catalog"] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    """What a tenant's courses say to their learners, by the occasion."""
    locked: tuple[str, ...] = ()
    """What a tenant's courses may not change: `badges.author`, `settings.board`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a tenant's courses begin with, by whole names: `board.rank`."""
    unread: tuple[str, ...] = ()
    """The settings of which nothing is known: what was written cannot be used."""

    def of(self, tenant: str) -> "Catalog":
        """Return the catalog of a tenant, by its key."""
        return self.tenants.get(tenant, self)

    @cached_property
    def digest(self) -> str:
        """Name this content: what a course would adopt has an equal digest."""
        content: list[list[Any]] = [
            [
                *(e.key, e.label, e.icon, e.description),
                *(e.criterion.to_json(), e.policy, e.origin),
                # Where nothing ends this is the content of before there were ends.
                *([] if e.valid_days is None else [e.valid_days]),
            ]
            for e in self.entries
        ]
        if self.dropped:
            content.append(sorted({dropped.key for dropped in self.dropped}))
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def is_without(self, key: str) -> bool:
        """Tell whether a badge is surely no longer meant to be there."""
        there = {entry.key for entry in self.entries}
        there |= {dropped.key for dropped in self.dropped}
        return key not in there and "" not in there


def define(
    entry: object, *, taken: Collection[str] = (), origin: str = "shipped"
) -> Definition:
    """Return the badge of one entry; raise Malformed where it is not a new one.

    Its rule can be read; whether it makes sense is not asked.
    """
    if not isinstance(entry, Mapping):
        raise Malformed("it is not a table of fields")
    shorthand = () if RULE in entry else SHORTHAND
    for name in ("key", *shorthand):
        if name not in entry:
            there = ", ".join(sorted(shown(str(name)) for name in entry)) or "nothing"
            raise Malformed(f"it has no {name} (it has {there})")
    key = _key(entry["key"])
    if key in taken:
        raise Malformed("its key is taken by an entry above")
    criterion = _criterion(entry)
    return Definition(
        key=key,
        label=_text(entry, "label", label_of(key)),
        icon=_text(entry, "icon", ICON),
        description=_text(entry, "description", ""),
        criterion=criterion,
        policy=_policy(entry.get("policy", "keep")),
        valid_days=_valid_days(entry.get("valid_days")),
        origin=origin,
    )


def label_of(key: str) -> str:
    """Return what a badge is called whose key is all that was given."""
    return re.sub(r"[._-]+", " ", key).strip().capitalize()


def unknown_in(table: Mapping[Any, Any], known: Collection[str]) -> list[str]:
    """Say of each name in a table that means nothing to us what may be meant."""
    names = sorted(str(name) for name in table if name not in known)
    return [f'unknown field "{shown(name)}"{_meant(name, known)}' for name in names]


def key_of(entry: object) -> str:
    """Return an entry's key for a message, whatever the entry is."""
    key = entry.get("key", "") if isinstance(entry, Mapping) else ""
    if not isinstance(key, str):
        return ""
    return key if KEY.fullmatch(key) else shown(key)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise Malformed("its key is not a text")
    if not KEY.fullmatch(key):
        raise Malformed(
            "its key needs 1 to 64 letters, digits, dots, dashes or underscores "
            "and begins with a letter or digit"
        )
    return key


def _criterion(entry: Mapping[Any, Any]) -> Criterion:
    if RULE not in entry:
        metric = _metric(entry["metric"])
        return Criterion.flat(metric, _threshold(entry["threshold"]))
    if any(name in entry for name in SHORTHAND):
        raise Malformed("it has a criterion and also a metric or a threshold")
    try:
        return Criterion.from_json(entry[RULE])
    except BadRule as bad:
        raise Malformed(
            f"its criterion cannot be used: {shown(str(bad), 400)}"
        ) from bad


def _metric(metric: object) -> str:
    if not isinstance(metric, str):
        raise Malformed("its metric is not a text")
    if metric not in METRICS:
        known = ", ".join(METRICS)
        raise Malformed(
            f'there is no metric "{shown(metric)}"; there are {known}, '
            "and more for a criterion"
        )
    return metric


def _threshold(threshold: object) -> int:
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise Malformed("its threshold is not a number (write it without quotes)")
    # Not a number and the infinities are no whole numbers either.
    if isinstance(threshold, float) and not threshold.is_integer():
        raise Malformed("its threshold is not a whole number")
    if threshold > LARGEST:
        raise Malformed(f"its threshold is above {LARGEST}: nobody would reach it")
    if threshold < -LARGEST:
        raise Malformed(f"its threshold is below -{LARGEST}")
    return int(threshold)


def _policy(policy: object) -> str:
    if not isinstance(policy, str) or policy not in POLICIES:
        raise Malformed('its policy is "keep" or "revoke"')
    return policy


def _valid_days(days: object) -> int | None:
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int):
        raise Malformed("its valid_days is not a whole number")
    if not 0 < days <= LONGEST_VALID:
        raise Malformed(f"its valid_days is not between 1 and {LONGEST_VALID}")
    return days


def _meant(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _text(entry: Mapping[Any, Any], name: str, default: str) -> str:
    text = entry.get(name, default)
    if not isinstance(text, str):
        raise Malformed(f"its {name} is not a text")
    if any(unicodedata.category(char) in UNSHOWN and char != "\n" for char in text):
        raise Malformed(f"its {name} holds a character that cannot be shown")
    if len(text) > LONGEST[name]:
        raise Malformed(f"its {name} is longer than {LONGEST[name]} characters")
    return (one_line(text) if name in ONE_LINE else text.strip()) or default


def shown(text: str, longest: int = 40) -> str:
    """Cut a stranger's text to what fits a line."""
    line = "".join(char if char.isprintable() else "?" for char in text)
    return line if len(line) <= longest else f"{line[:longest]}…"
