"""The shapes of the API's answers and questions; sentences are for people."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from models.texts import can_be_kept, one_line
from views.api.examples import example, example_if_any, shown


def _printable(text: str) -> str:
    if not can_be_kept(text):
        raise ValueError("it holds a character that no name has")
    return one_line(text)


Printable = Annotated[str, AfterValidator(_printable)]
Value = TypeVar("Value")
IfAny = Annotated[Value, Field(exclude_if=lambda value: value is None)]
"""Not in the answer where there is none."""
Cursor = Annotated[str, Field(max_length=500)]
PublicId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
"""Ours are hexadecimal; what cannot be one is asked of no database."""


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
    course_id: PublicId


class MembersQuery(Asked):
    search: Printable = Field(default="", max_length=100)
    sort: Literal["name", "points", "badges"] = "name"
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Badge(Answer):
    """A badge, and how far the asking person is."""

    model_config = example(
        key="contributor",
        label="Contributor",
        icon="✍️",
        description="Your contributions are adding up.",
        criterion="Earn 25 points",
        rule={"metric": "score", "at_least": 25},
        metric="score",
        earned=False,
        progress=10,
        threshold=25,
        percent=40,
        missing=["Earn 15 more points"],
        granted_at=None,
    )

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
    """What is still to do, in sentences; empty for a badge that is earned, and for one
    that is retired."""
    granted_at: datetime | None


class MyBadges(Answer):
    """The caller's catalog; empty while a switch is off."""

    model_config = example(enabled=True, badges=[shown(Badge)])

    enabled: bool
    badges: list[Badge]


class BadgeList(Answer):
    model_config = example(items=[shown(Badge)], next=None)

    items: list[Badge]
    next: None = None


class Course(Answer):
    model_config = example(id="5d1f…", title="Biology 101", enabled=True)

    id: str
    title: str
    enabled: bool


class User(Answer):
    model_config = example(id="91c2f0…", name="Ada Ahorn")

    id: str
    name: str


class Me(Answer):
    model_config = example(
        user=shown(User), roles=["learner"], course=shown(Course), tenant="acme"
    )

    user: User
    roles: list[str]
    course: Course
    tenant: str


class MyStanding(Answer):
    """One's own totals; points in wholes, rounded down."""

    model_config = example(
        points=34, events=12, completed=3, this_week=9, best_week=12, percentile=75
    )

    points: int = 0
    events: int = 0
    completed: int = 0
    this_week: int = 0
    """The points of this week."""
    best_week: int = 0
    """The points of one's own best week."""
    percentile: int | None = None
    """How many percent of the course have fewer points, in steps of five: for the
    caller alone, where the course has a leaderboard and a hundred people have points."""


class Member(Answer):
    model_config = example(
        user_id="91c2f0…",
        name="Ada Ahorn",
        alias="Keen Kestrel",
        role="learner",
        status="active",
        points=34,
        completed=3,
        badges=2,
        last_active_at="2026-11-22T10:00:00Z",
    )

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
    model_config = example(items=[shown(Member)], next=None)

    items: list[Member]
    next: str | None


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
    model_config = example(state="asked")

    state: Literal["asked"] = "asked"


class SessionRenewed(Answer):
    model_config = example(expires_at="2026-11-22T11:00:00Z")

    expires_at: datetime
    """When it ends unless it is renewed again."""
