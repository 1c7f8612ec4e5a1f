"""The shapes of the API's answers and questions; sentences are for people."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    model_validator,
)

from models.texts import can_be_kept, one_line
from views.api.examples import example, example_if_any


def _known_zone(name: str) -> str:
    name = name.strip()
    if name not in available_timezones():
        raise ValueError("this is not an IANA time zone such as Europe/Berlin")
    return name


def _printable(text: str) -> str:
    if not can_be_kept(text):
        raise ValueError("it holds a character that no name has")
    return one_line(text)


Printable = Annotated[str, AfterValidator(_printable)]
ZoneName = Annotated[str, AfterValidator(_known_zone)]
Cursor = Annotated[str, Field(max_length=500)]


class Asked(BaseModel):
    """A question or an order: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class SentBack(Asked):
    """A change that may be sent as it was read: what is only to be read is left out."""

    read_only: ClassVar[frozenset[str]]

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, sent: object) -> object:
        if not isinstance(sent, dict):
            return sent
        return {key: value for key, value in sent.items() if key not in cls.read_only}


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


class CoursePath(Asked):
    course_id: str = Field(max_length=64)


class MembersQuery(Asked):
    search: Printable = Field(default="", max_length=100)
    sort: Literal["name", "points", "badges"] = "name"
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Badge(Answer):
    """A badge, and how far the asking person is."""

    key: str
    label: str
    icon: str
    description: str
    criterion: str
    """What to do, in a sentence."""
    rule: dict[str, Any]
    """The same for a program, as the rules by example write it: a condition, or a
    tree of them."""
    metric: str
    earned: bool
    progress: int
    """In wholes, rounded down, never above the threshold."""
    threshold: int
    percent: int
    missing: list[str]
    """What is still to do, in sentences; empty for a badge that is earned."""
    granted_at: datetime | None


class MyBadges(Answer):
    """The caller's catalog; empty while a switch is off."""

    enabled: bool
    badges: list[Badge]


class BadgeList(Answer):
    items: list[Badge]
    next: None = None


class Course(Answer):
    id: str
    title: str
    enabled: bool


class User(Answer):
    id: str
    name: str


class Me(Answer):
    user: User
    roles: list[str]
    course: Course
    tenant: str


class MyStanding(Answer):
    """One's own totals; points in wholes, rounded down."""

    points: int = 0
    events: int = 0
    completed: int = 0
    this_week: int = 0
    """The points of this week."""
    best_week: int = 0
    """The points of one's own best week."""
    percentile: int | None = None
    """How many percent of the course have fewer points, in steps of five: for the
    caller alone, where the course has a leaderboard and twenty people have points."""


class Member(Answer):
    user_id: str
    name: str
    alias: str
    role: str
    status: str
    points: int
    completed: int
    badges: int
    last_active_at: datetime | None


class MemberList(Answer):
    items: list[Member]
    next: str | None


class Span(Asked):
    neighbours: int = Field(default=2, ge=0, le=10)
    top: int = Field(default=3, ge=0, le=50)


class SpanChange(Asked):
    neighbours: int | None = Field(default=None, ge=0, le=10)
    top: int | None = Field(default=None, ge=0, le=50)


class Board(Answer):
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


class SyncWanted(Asked):
    """What of the next reading is to be believed; nothing sent: what is likely."""

    model_config = example_if_any(accept=["leavers"])

    accept: list[Literal["leavers", "cleared"]] = Field(default=[], max_length=2)
    """However many they are: `leavers` left, and scores that vanished are `cleared`."""

    @model_validator(mode="before")
    @classmethod
    def _nothing(cls, sent: object) -> object:
        return {} if sent is None else sent


class SyncAsked(Answer):
    state: Literal["asked"] = "asked"


class SessionRenewed(Answer):
    expires_at: datetime
    """When it ends unless it is renewed again."""
