"""The shapes of what a course's instructors decide."""

from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StrictBool, model_validator

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked


def _known_zone(name: str) -> str:
    name = name.strip()
    if name not in available_timezones():
        raise ValueError("this is not an IANA time zone such as Europe/Berlin")
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


class Span(Asked):
    neighbours: int = Field(default=2, ge=0, le=10)
    top: int = Field(default=3, ge=0, le=50)


class SpanChange(Asked):
    neighbours: int | None = Field(default=None, ge=0, le=10)
    top: int | None = Field(default=None, ge=0, le=50)


class Board(Answer):
    model_config = example(
        enabled=True,
        identity="alias",
        rank="absolute",
        span={"neighbours": 2, "top": 3},
        participation="opt_in",
        minimum=0,
        lists=False,
        leagues=False,
    )

    enabled: bool
    identity: Literal["alias", "name"]
    rank: Literal["absolute", "relative", "hidden"]
    span: Span
    participation: Literal["opt_in", "opt_out", "all"]
    minimum: int
    """The points of a period from which on one is listed on its board."""
    lists: bool
    """Whether there are lists beside it: who improves, who is steady, teams."""
    leagues: bool
    """Whether a week's board is that of one's league: of people with like points."""


class BoardChange(Asked):
    enabled: StrictBool | None = None
    identity: Literal["alias", "name"] | None = None
    rank: Literal["absolute", "relative", "hidden"] | None = None
    span: SpanChange = SpanChange()
    participation: Literal["opt_in", "opt_out", "all"] | None = None
    minimum: int | None = Field(default=None, ge=0, le=1_000_000)
    lists: StrictBool | None = None
    leagues: StrictBool | None = None


class Term(Asked):
    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError("the term ends before it starts")
        return self


class Settings(Answer):
    """What a course's instructors decide. `enabled` is the course's own switch."""

    model_config = example(
        enabled=True,
        board=shown(Board),
        time_zone="Europe/Berlin",
        term={"start": "2026-09-01", "end": "2027-01-31"},
        locked=[],
    )

    enabled: bool
    board: Board
    time_zone: str
    term: Term
    locked: list[str]


class SettingsChange(Asked):
    """The settings to change; those it does not name stay as they are."""

    model_config = example(enabled=True, board={"enabled": True, "rank": "hidden"})

    enabled: StrictBool | None = None
    board: BoardChange = BoardChange()
    time_zone: ZoneName | None = None
    term: Term | None = None
    locked: list[str] | None = None
    """Read-only: who sends back what was read need not leave it out."""
