"""The shapes of the leaderboard and of a place on it; sentences are for people."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, StrictBool, model_validator

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, IfAny


class LeaderboardQuery(Asked):
    period: str = Field(
        default="all",
        pattern=r"^(all|week|month|term|[1-9][0-9]{3}-(W[0-9]{2}|[0-9]{2}))$",
    )
    """`all`, the `term`, this `week` or `month`, or a past one: `2026-W45`, `2026-11`."""
    group: str | None = Field(default=None, pattern=r"^[0-9A-Za-z-]{1,64}$")
    """A group's id, for the board of its people; learners take their own groups."""
    league: int | None = Field(default=None, ge=1, le=100_000)
    """A league of that week, for staff; 1 has the most points. Learners read their own
    without asking."""


class BoardChoice(Asked):
    """What the caller decides; what is left out stays as it is."""

    model_config = example(joined=True, named=False)

    joined: StrictBool | None = None
    named: StrictBool | None = None
    """Show the caller's name instead of the alias."""
    league: StrictBool | None = None
    """Have a league, or read the week's board of the whole course; in both cases the
    caller stays on it."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.joined is None and self.named is None and self.league is None:
            raise ValueError("it names none of joined, named and league")
        return self


class BoardPlace(Answer):
    """Whether the caller is on the leaderboard, and under which name."""

    model_config = example(joined=True, named=False, name="Keen Kestrel")

    joined: bool
    named: bool
    """The others read the caller's own name, not the alias."""
    name: str
    league: IfAny[bool | None] = None
    """Whether the caller has leagues; where the course has them."""


class LeaderboardRow(Answer):
    """A place on the board; `gap` and `user_id` are there only for who may see them."""

    model_config = example(
        rank=1,
        name="Keen Kestrel",
        points=34,
        completed=3,
        badges=2,
        updated_at="2026-11-22T10:00:00Z",
        me=True,
    )

    rank: int | None
    """1, 2, 2, 4; empty where the course shows no ranks."""
    gap: IfAny[int | None] = None
    """Whole points ahead of the caller; where the course shows distances."""
    name: str
    points: int
    completed: int
    badges: int
    updated_at: datetime
    me: bool
    user_id: IfAny[str | None] = None
    """For staff."""


class Leaderboard(Answer):
    """The board as the caller may see it; `off` and `too_few` have no rows."""

    model_config = example(
        state="ready",
        period="2026-W47",
        final=False,
        people=18,
        items=[shown(LeaderboardRow)],
        next=None,
    )

    state: Literal["off", "too_few", "ready"]
    period: str
    """The period's key, `2026-W47`."""
    final: bool
    """It is over for a week and stays as it is."""
    people: int
    league: IfAny[int | Literal["mine"] | None] = None
    """Whose board this is, where it is a league's; learners are told no number."""
    leagues: IfAny[int | None] = None
    """How many leagues that week has; for staff."""
    items: list[LeaderboardRow]
    next: None = None
