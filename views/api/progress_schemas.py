"""The shapes of one's own progress, of calendars and of levels."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from views.api.examples import example
from views.api.schemas import Answer, Asked, CoursePath, Printable, PublicId

MOST_RESTS = 50
LONGEST_REST = 366


class Level(Answer):
    number: int
    """0 below the first one."""
    next_at: int | None
    """The points at which the next one begins; empty after the last."""
    points_needed: int | None
    percent: int


class Items(Answer):
    """How many of the course's items one has completed."""

    done: int = 0
    total: int = 0


class Milestone(Answer):
    kind: Literal["points", "share", "level"]
    value: int
    """Points, per cent of the course's items, or the number of a level."""
    reached_at: datetime


class Ahead(Answer):
    """The next milestone of a kind."""

    kind: Literal["points", "share"]
    value: int
    missing: int
    """Points, or items to complete."""


class Bests(Answer):
    """What one never did better; empty where there is nothing yet."""

    week_points: int | None = None
    week: str | None = None
    """`2026-W47`."""
    result_percent: int | None = None
    result_item: str | None = None
    run_weeks: int | None = None


class Steadiness(Answer):
    """Compared with nobody."""

    active_weeks: int = 0
    of_weeks: int = 0
    """The last weeks, without those that were free."""
    run: int = 0
    """Weeks in a row until now; one without work is forgiven."""


class MyProgress(Answer):
    """How one comes along; nothing while a switch is off."""

    model_config = example(
        enabled=True,
        points=34,
        this_week=9,
        level={"number": 1, "next_at": 50, "points_needed": 16, "percent": 46},
        items={"done": 3, "total": 8},
        milestones=[
            {"kind": "points", "value": 25, "reached_at": "2026-11-22T10:00:00Z"},
        ],
        next=[{"kind": "points", "value": 50, "missing": 16}],
        bests={"week_points": 12, "week": "2026-W45"},
        steadiness={"active_weeks": 5, "of_weeks": 8, "run": 3},
    )

    enabled: bool
    points: int = 0
    this_week: int = 0
    level: Level | None = None
    items: Items = Items()
    milestones: list[Milestone] = Field(default_factory=list)
    """The newest first, fifty at most."""
    next: list[Ahead] = Field(default_factory=list)
    bests: Bests = Bests()
    steadiness: Steadiness = Steadiness()


class Rest(Asked):
    """Some days in a row, the first and the last included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("it ends before it begins")
        if (self.last - self.first).days >= LONGEST_REST:
            raise ValueError(f"it is longer than {LONGEST_REST} days")
        return self


class Break(Rest):
    name: Printable = Field(default="", max_length=100)


class Calendar(Asked):
    """All of a course's breaks: the weeks they fill end nobody's streak."""

    model_config = example(breaks=[{"first": "2026-12-21", "last": "2027-01-03"}])

    breaks: list[Break] = Field(max_length=MOST_RESTS)


class Excused(Asked):
    """All of a member's leave; why is not asked."""

    model_config = example(periods=[{"first": "2026-11-23", "last": "2026-11-29"}])

    periods: list[Rest] = Field(max_length=MOST_RESTS)


Growth = Annotated[Decimal, Field(ge=1, le=5, decimal_places=2)]


class Levels(Asked):
    """The curve: the first level takes `base` points, each next `growth` times more."""

    model_config = example(base=20, growth=1.5)

    base: int = Field(ge=1, le=10_000, strict=True)
    growth: Growth


class LevelsTold(Answer):
    model_config = example(
        base=20, growth=1.5, starts=[20, 50, 95, 162, 262, 412, 637, 974, 1479, 2236]
    )

    base: int
    growth: float
    starts: list[int]
    """The points at which the first ten levels begin."""


class UserPath(CoursePath):
    user_id: PublicId
