"""The shapes of items and events in the API; sentences are for people."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    RootModel,
    SkipValidation,
    StrictInt,
    model_validator,
)

from gamification.activity.facts import LONGEST_TIME, OLDEST_YEAR, SCORELESS
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Cursor, Printable

POINT = 1_000_000
MOST_POINTS = 1_000_000
AT_ONCE = 1000


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("it is no number")  # noqa: TRY004 -- pydantic reports this one
    return value


def _in_order(value: object) -> object:
    """Let an item be named by its key alone."""
    return {"key": value} if isinstance(value, str) else value


def plain(millionths: int) -> str:
    """Return millionths of a point as digits: 79.99."""
    return f"{(Decimal(millionths) / POINT).normalize():f}"


Points = Annotated[
    Decimal,
    BeforeValidator(_no_flag),
    Field(ge=0, le=MOST_POINTS, decimal_places=6, max_digits=13),
]
"""A number or, to be exact, its digits in a string."""
Millionths = Annotated[
    int, PlainSerializer(plain, return_type=str), Field(examples=["79.99"])
]
"""Told as digits in a string: a number would not be exact."""
Key = Annotated[Printable, Field(min_length=1, max_length=128)]
Kind = Literal["spent", "submitted", "posted", "completed", "graded"]
AnyKind = Literal["launched", "spent", "submitted", "posted", "completed", "graded"]
Status = Literal["normal", "excused", "late", "missing", "withdrawn"]


class ItemsQuery(Asked):
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Item(Answer):
    """Something that can be completed or graded; rules name its `key`."""

    model_config = example(
        id="a3e07b…", key="quiz-1", label="Quiz 1", maximum="30", gone=False
    )

    id: str
    key: str
    label: str
    maximum: Millionths | None
    """Full marks."""
    gone: bool = Field(validation_alias="is_gone")
    """The platform lists it no more; what was done in it still counts."""


class ItemList(Answer):
    model_config = example(items=[shown(Item)], next=None)

    items: list[Item]
    next: str | None


class EventsQuery(Asked):
    user: Printable | None = Field(default=None, max_length=64)
    """Our id of a person."""
    item: Printable | None = Field(default=None, max_length=128)
    """An item's key."""
    kind: AnyKind | None = None
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class AnyEvent(Answer):
    """A fact, whoever reads it."""

    model_config = example(
        kind="graded",
        item="quiz-1",
        label="Quiz 1",
        status="normal",
        score="24",
        maximum="30",
        seconds=None,
        attempt="",
        occurred_at="2026-11-20T09:30:00Z",
        recorded_at="2026-11-20T09:31:00Z",
        source="api",
        revision=1,
        superseded_at=None,
    )

    kind: AnyKind
    item: str | None
    """The item's key."""
    label: str | None
    status: Status
    score: Millionths | None
    maximum: Millionths | None
    seconds: int | None
    attempt: str
    occurred_at: datetime
    """When the learner acted."""
    recorded_at: datetime
    source: str
    revision: int
    superseded_at: datetime | None
    """When a newer sighting took its place; empty for what counts."""


class Event(AnyEvent):
    """One fact of the log."""

    model_config = example(**shown(AnyEvent), user_id="91c2f0…", name="Ada Ahorn")

    user_id: str
    name: str


class EventList(Answer):
    model_config = example(items=[shown(Event)], next=None)

    items: list[Event]
    next: str | None


class ItemNamed(Asked):
    key: Annotated[Printable, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
    label: Annotated[Printable, Field(max_length=255)] = ""
    """What it is called: an item that is not there is made by this name."""


class EventWanted(Asked):
    """What somebody did; sent again it changes nothing."""

    user: Annotated[Printable, Field(min_length=1, max_length=255)]
    """Our id of the person, or the platform's."""
    kind: Kind
    occurred_at: AwareDatetime
    """When they did it; it lies in the past and never moves."""
    item: (
        Annotated[
            ItemNamed,
            BeforeValidator(_in_order, json_schema_input_type=ItemNamed | str),
        ]
        | None
    ) = None
    """The item's key, or `{"key", "label"}`."""
    status: Status = "normal"
    score: Points | None = None
    maximum: Points | None = None
    seconds: Annotated[StrictInt, Field(ge=0, le=LONGEST_TIME)] | None = None
    attempt: Annotated[Printable, Field(max_length=128)] = ""
    """The source's id of it, where somebody does it more than once in an item. Left
    out, each is one of its kind in its item; `posted` and `spent` go by the moment."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not OLDEST_YEAR <= self.occurred_at.year < 9999:
            raise ValueError(f"occurred_at lies before {OLDEST_YEAR} or too far away")
        is_scored = self.score is not None or self.status in SCORELESS
        if self.kind == "graded" and not is_scored:
            raise ValueError("it is graded without a score")
        return self


class EventsWanted(
    RootModel[
        SkipValidation[
            EventWanted
            | Annotated[list[EventWanted], Field(min_length=1, max_length=AT_ONCE)]
        ]
    ]
):
    """One event, or up to a thousand; each is looked at by itself."""

    model_config = example(
        user="91c2f0…",
        kind="graded",
        item={"key": "quiz-1", "label": "Quiz 1"},
        occurred_at="2026-11-20T09:30:00Z",
        score="24",
        maximum="30",
    )

    @property
    def rows(self) -> list[Any] | None:
        """What was sent, one by one; None where it is neither one nor many."""
        sent: Any = self.root
        if isinstance(sent, dict):
            return [sent]
        is_list = isinstance(sent, list) and 1 <= len(sent) <= AT_ONCE
        return sent if is_list else None

    @property
    def is_one(self) -> bool:
        return isinstance(self.root, dict)


class BadEvent(Answer):
    index: int
    """Its place in what was sent, from 0."""
    reason: str


class Taken(Answer):
    """What came of events; those that are wrong were left out and the others done."""

    model_config = example(
        new=1,
        corrected=0,
        unchanged=0,
        refused=1,
        awarded=0,
        items=["quiz-1"],
        rows=[{"index": 1, "reason": "this is not a member of the course"}],
    )

    new: int
    corrected: int
    unchanged: int
    """Known already."""
    refused: int
    awarded: int
    """Badges that were earned by it, as far as they were looked at at once."""
    items: list[str]
    """The keys of items that were made."""
    rows: list[BadEvent]
    """The refused ones."""
