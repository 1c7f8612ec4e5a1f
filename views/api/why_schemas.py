"""The shape of how somebody stands with a badge, and why."""

from pydantic import Field

from views.api.award_schemas import Award
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Badge, Printable


class WhoseQuery(Asked):
    user: Printable | None = Field(default=None, max_length=64)
    """Our id of the person; left out, the caller."""


class StandingWithBadge(Answer):
    """Why somebody has a badge, or what is missing."""

    model_config = example(
        user_id="91c2f0…",
        badge=shown(Badge),
        why=["Earn 15 more points."],
        award=None,
    )

    user_id: str
    badge: Badge
    why: list[str]
    """In sentences."""
    award: Award | None
    """Their newest one of it, open or over."""
