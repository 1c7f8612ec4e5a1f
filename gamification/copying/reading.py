"""From a TOML text to an outline, with everything that is wrong with it, by line."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gamification.catalog.circles import circle_in
from gamification.catalog.definitions import (
    FIELDS,
    Malformed,
    define,
    key_of,
    shown,
    unknown_in,
)
from gamification.catalog.drafts import RULE, SOURCE
from gamification.catalog.foreign import read_foreign
from gamification.catalog.own import DRAFT
from gamification.catalog.rules.words import listed
from gamification.copying.lines import DEEPEST, Path, line_of, lines_of, too_deep
from gamification.copying.mapping import Place
from gamification.copying.outline import STATES, UNRULED, Entry, Outline
from gamification.copying.writing import VERSION

LARGEST = 256 * 1024
LARGEST_POSITION = 100_000
PARTS = (
    *("version", "course", "settings", "scoring", "messages", "levels", "break"),
    *("badge", "item", "item_set"),
)
OURS = ("state", "position", "from", "source", "imported")
MOST_NAMED = 50


@dataclass(frozen=True)
class Fault:
    """One thing to mend in a file."""

    line: int
    """0 where no line can be named."""
    where: str
    message: str

    def __str__(self) -> str:
        place = [f"line {self.line}"] * bool(self.line) + [self.where] * bool(
            self.where
        )
        return f"{', '.join(place)}: {self.message}" if place else self.message


class BadFile(ValueError):
    """A file cannot be used, all of it: it lists what is to be mended."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)[:MOST_NAMED]
        super().__init__("; ".join(map(str, self.faults)))


class ItemEntry(BaseModel):
    """An item of the course that the file is of."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(min_length=1, max_length=128)
    label: str = Field(default="", max_length=255)
    type: str = Field(default="", max_length=32)
    position: int = Field(default=0, ge=0, le=LARGEST_POSITION)
    resource_id: str = Field(default="", max_length=255)


class SetEntry(BaseModel):
    """A set of items of the course that the file is of."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(min_length=1, max_length=128)
    label: str = Field(default="", max_length=255)
    kind: str = Field(default="", max_length=16)


@dataclass
class Reading:
    """A text that is being read, and what was wrong so far."""

    document: Mapping[str, Any]
    lines: Mapping[Path, int]
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, path: Path, where: str, message: str) -> None:
        """Remember what is wrong at a path."""
        fault = Fault(line_of(self.lines, path), where, message)
        if fault not in self.faults:
            self.faults.append(fault)

    def misfit(
        self,
        place: tuple[Path, str],
        error: ValidationError,
        shape: type[BaseModel],
    ) -> None:
        """Remember all that keeps a part from being of a shape, in our words.

        `place` is the part's path, and what it is called in a sentence.
        """
        path, where = place
        for fault in error.errors(include_url=False, include_input=False):
            said = fault["msg"].removeprefix("Value error, ")
            if fault["type"] == "extra_forbidden":
                said = f"unknown field; there are {', '.join(shape.model_fields)}"
            name = ".".join(map(str, fault["loc"]))
            full = f"{where}, {name}" if name else where
            self.wrong((*path, *fault["loc"]), full, said)

    def entries(self, name: str) -> list[Any]:
        """Return the tables of a list; nothing where it is none."""
        entries = self.document.get(name, [])
        if not isinstance(entries, list):
            self.wrong((name,), name, f"this is not a list; write [[{name}]]")
            return []
        return entries


def read(text: str) -> tuple[Outline, Reading]:
    """Read what `to_toml` wrote, or a person; the faults are in the reading.

    A part that is left out says nothing. Raises BadFile for what is no TOML, and for
    a version that is not ours.
    """
    # An editor may have put a byte order mark before it, which is no TOML.
    text = text.removeprefix("\ufeff")
    reading = Reading(_parsed(text), lines_of(text))
    for message in unknown_in(reading.document, PARTS):
        name = message.split('"')[1]
        reading.wrong((name,), "", f"{message}; there are {', '.join(PARTS)}")
    settings = reading.document.get("settings", {})
    if not isinstance(settings, dict):
        reading.wrong(("settings",), "settings", "this is not a table of fields")
        settings = {}
    course = reading.document.get("course", "")
    outline = Outline(
        course=course if isinstance(course, str) else "",
        settings=settings,
        badges=_badges(reading) if "badge" in reading.document else None,
        items=tuple(Place(**one) for one in _listed(reading, "item", ItemEntry)),
        sets=tuple(
            Place(one["key"], one["label"], one["kind"])
            for one in _listed(reading, "item_set", SetEntry)
        ),
    )
    return outline, reading


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        most = f"the file is larger than {LARGEST // 1024} kB"
        raise BadFile([Fault(0, "", most)])
    if line := too_deep(text):
        parts = f"a name has more than {DEEPEST} parts"
        raise BadFile([Fault(line, "", parts)])
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else 0
        raise BadFile([Fault(line, "", f"this is not TOML: {error}")]) from None
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        line = line_of(lines_of(text), ("version",))
        known = f"write version = {VERSION}; this Laurel reads no other"
        raise BadFile([Fault(line, "version", known)])
    return document


def _badges(reading: Reading) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for number, raw in enumerate(reading.entries("badge")):
        path: Path = ("badge", number)
        key = key_of(raw)
        where = f"badge {number + 1}{f' ({key})' if key else ''}"
        try:
            entry = _badge(raw, found)
        except Malformed as malformed:
            reading.wrong(path, where, str(malformed))
            continue
        found[entry.key] = entry
        for message in unknown_in(raw, (*FIELDS, *OURS)):
            name = message.split('"')[1]
            reading.wrong((*path, name), where, f"{message}; {_allowed()}")
    _refuse_strangers(reading, found)
    return tuple(found[key] for key in sorted(found))


def _allowed() -> str:
    return f"there are {', '.join((*FIELDS, *OURS))}"


def _badge(raw: object, taken: Mapping[str, Entry]) -> Entry:
    """Return the badge of one entry. Raises Malformed."""
    if not isinstance(raw, Mapping):
        raise Malformed("it is not a table of fields")
    state, position = raw.get("state", "active"), raw.get("position", len(taken))
    if state not in STATES:
        raise Malformed(f"its state is one of {', '.join(STATES)}")
    if type(position) is not int or not 0 <= position <= LARGEST_POSITION:
        raise Malformed(f"its position is no whole number up to {LARGEST_POSITION}")
    if "imported" not in raw:
        definition = define(raw, taken=taken, origin="course")
        source = _source(raw["source"]) if "source" in raw else None
        return Entry(
            definition, state, position, source=source, since=_since(raw.get("from"))
        )
    foreign = _foreign(raw["imported"])
    if state != "draft":
        raise Malformed("it has no rule of its own yet: its state is draft")
    if others := sorted(raw.keys() & {*FIELDS, "from", "source"} - {"key"}):
        raise Malformed(f"it is imported, which says all: leave out {listed(others)}")
    bare = {"key": raw.get("key"), "criterion": UNRULED.to_document()}
    words = read_foreign(foreign[SOURCE])
    definition = replace(
        define(bare, taken=taken, origin="course"),
        label=words.label,
        description=words.description,
    )
    return Entry(definition, state, position, foreign)


def _since(moment: object) -> datetime | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise Malformed("its from is no moment such as 2026-09-01T00:00:00Z")
    return moment.astimezone(UTC)


def _foreign(text: object) -> dict[str, Any]:
    document = _document(text)
    if document.keys() != {SOURCE, RULE}:
        raise Malformed("its imported is not the JSON that Laurel wrote there")
    return document


def _source(text: object) -> dict[str, Any]:
    return read_foreign(_document(text)).document


def _document(text: object) -> dict[str, Any]:
    """Return the JSON object in a text, an empty one where there is none."""
    try:
        document = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        document = None
    return document if isinstance(document, dict) else {}


def _refuse_strangers(reading: Reading, found: Mapping[str, Entry]) -> None:
    """Name the badges that ask for one that is not there, or for themselves.

    A draft may ask for what is not there yet.
    """
    asked = {
        key: entry.definition.criterion.prerequisites for key, entry in found.items()
    }
    numbers = {key_of(raw): n for n, raw in enumerate(reading.entries("badge"))}
    for key, others in asked.items():
        is_draft = found[key].state == DRAFT
        for other in others:
            if other not in found and not is_draft:
                known = ", ".join(sorted(found))
                message = f'it asks for a badge "{shown(other)}"; there are {known}'
                reading.wrong(("badge", numbers[key]), f"badge {key}", message)
    if circle := circle_in(asked):
        around = f"badges ask for each other: {' → '.join(circle)}"
        reading.wrong(("badge", numbers[circle[0]]), f"badge {circle[0]}", around)


def _listed(
    reading: Reading, name: str, shape: type[BaseModel]
) -> list[dict[str, Any]]:
    """Return the entries of a list that describes the course; keys are taken once."""
    found: dict[str, dict[str, Any]] = {}
    for number, raw in enumerate(reading.entries(name)):
        path: Path = (name, number)
        where = f"{name} {number + 1}"
        try:
            entry = shape.model_validate(raw).model_dump()
        except ValidationError as error:
            reading.misfit((path, where), error, shape)
            continue
        if entry["key"] in found:
            reading.wrong(path, where, f"its key is taken by an {name} above")
        found[entry["key"]] = entry
    return list(found.values())
