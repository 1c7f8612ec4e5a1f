"""The shapes of a course's badges as their staff write them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictBool

from gamification.catalog.definitions import KEY, LONGEST, LONGEST_VALID
from models.texts import can_be_kept, one_line
from views.api.award_schemas import Moment
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, CoursePath, Printable, SentBack

State = Literal["draft", "active", "held", "retired"]


def _lines(text: str) -> str:
    lines = text.strip().split("\n")
    if not all(map(can_be_kept, lines)):
        raise ValueError("it holds a character that cannot be shown")
    return "\n".join(map(one_line, lines))


Lines = Annotated[str, AfterValidator(_lines)]


class BadgePath(CoursePath):
    key: str = Field(pattern=f"^{KEY.pattern}$")
    """The badge's key: letters, digits, dots, dashes and underscores."""


class Past(Asked):
    """What a rule does to what was before it; left out, nobody is told."""

    model_config = ConfigDict(populate_by_name=True)

    since: Moment | None = Field(default=None, alias="from")
    """Facts before it do not count; `null`: all of them do."""
    unmet: Literal["keep", "revoke"] = "keep"
    """`revoke` ends, once, what earlier versions gave and this rule does not justify."""
    notify: StrictBool = False
    """Tell who gains the badge by what was done before."""


class BadgeWish(Asked):
    """A badge as it would be: its `criterion`, or the shorthand in its place."""

    label: Annotated[Printable, Field(max_length=LONGEST["label"])] = ""
    """Left out: made of the key."""
    icon: Annotated[Printable, Field(max_length=LONGEST["icon"])] = ""
    """Left out: a medal."""
    description: Annotated[Lines, Field(max_length=LONGEST["description"])] = ""
    criterion: dict[str, Any] | None = None
    """As in `docs/criterion.schema.json`."""
    metric: Annotated[str, Field(max_length=64)] | None = None
    threshold: int | float | None = None
    policy: Literal["keep", "revoke"] | None = None
    """Left out: `keep`."""
    valid_days: int | None = Field(default=None, ge=1, le=LONGEST_VALID)
    """So long an award lasts; left out, for good."""
    past: Past | None = None
    anyway: StrictBool = False
    """Use it although nobody can meet it as the course is now: what is missing will
    come. It is not kept, and a preview does not ask for it."""


class BadgeChange(SentBack, BadgeWish):
    """A badge as it is to be, whole; without a rule it keeps the one it has."""

    read_only = frozenset(
        {
            *("key", "sentence", "held_at", "origin", "version", "effective_from"),
            *("versions", "findings", "locked", "source", "proposal"),
        }
    )
    model_config = example(
        label="Quiz master",
        icon="🎯",
        criterion={"metric": "percent", "item": "quiz-1", "more_than": 90},
        policy="keep",
        state="active",
        past={"from": None, "unmet": "keep", "notify": False},
    )

    state: State = "active"
    """`held`: nobody gains or loses it for now; `retired`: awards stay."""


class BadgeVersion(Answer):
    model_config = example(
        number=1,
        label="Quiz master",
        created_at="2026-11-22T10:00:00Z",
        retired_at=None,
        effective_from=None,
    )

    number: int
    label: str
    created_at: datetime
    retired_at: datetime | None
    effective_from: datetime | None


class BadgeListed(Answer):
    """A badge of the course in brief."""

    model_config = example(
        key="quiz_master",
        label="Quiz master",
        icon="🎯",
        state="active",
        origin="course",
        version=1,
    )

    key: str
    label: str
    icon: str
    state: State
    origin: Literal["shipped", "tenant", "course"]
    """The layer it comes from."""
    version: int


class BadgesListed(Answer):
    model_config = example(items=[shown(BadgeListed)], next=None)

    items: list[BadgeListed]
    next: None = None


class BadgeWritten(Answer):
    """A badge of the course as it is written."""

    model_config = example(
        **shown(BadgeListed),
        description="",
        criterion={"metric": "percent", "item": "quiz-1", "more_than": 90},
        sentence="Reach more than 90 % in Quiz 1",
        policy="keep",
        valid_days=None,
        held_at=None,
        effective_from=None,
        versions=[shown(BadgeVersion)],
        findings=[],
        locked=False,
        source=None,
        proposal=None,
    )

    key: str
    label: str
    icon: str
    description: str
    criterion: dict[str, Any] | None
    """Empty for a draft that has no rule yet."""
    sentence: str
    policy: Literal["keep", "revoke"]
    valid_days: int | None
    state: State
    held_at: datetime | None
    origin: Literal["shipped", "tenant", "course"]
    """The layer it comes from."""
    version: int
    effective_from: datetime | None
    """Facts before it do not count."""
    versions: list[BadgeVersion]
    """The newest first, twenty at most."""
    findings: list[str]
    """What makes no sense about its rule, or not in this course."""
    locked: bool
    """The organisation's administrator keeps it as it is."""
    source: dict[str, Any] | None
    """Another program's badge, to the letter."""
    proposal: dict[str, Any] | None
    """The rule that is proposed for its text, until one is bound."""
