"""The shapes of how fresh a course's sources are."""

from datetime import datetime
from typing import Literal

from views.api.examples import example
from views.api.schemas import Answer


class SourceFreshness(Answer):
    """What is read of a course, or sent to it, and what came of it."""

    source: str
    """`roster` and `results` are read from the platform, `scores` are sent to it."""
    state: Literal["fresh", "stale", "failed", "running", "never"]
    """`stale`: it succeeded, and not for twice the time between two tries. Of a first
    success that is missing `failed`, `running` and `never` say why."""
    succeeded_at: datetime | None
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    counts: dict[str, int]
    """What the last success read or sent."""
    dropped: dict[str, int]
    """How many rows were left out, by the reason."""
    rows: list[str]
    """The first of them, and where they are; for staff."""
    problem: str | None
    """What went wrong or is to be decided, and what to do; of the last try."""


class Freshness(Answer):
    """How fresh a course is; while a switch is off nothing is read."""

    model_config = example(
        enabled=True,
        waiting=False,
        items=[
            {
                "source": "roster",
                "state": "fresh",
                "succeeded_at": "2026-11-22T10:00:00Z",
                "attempted_at": "2026-11-22T10:00:00Z",
                "next_attempt_at": "2026-11-22T11:00:00Z",
                "counts": {"new": 2, "people": 31, "left": 0},
                "dropped": {"no roles": 1},
                "rows": ["page 1, row 8: no roles"],
                "problem": None,
            }
        ],
        next=None,
    )

    enabled: bool
    waiting: bool
    """News are asked for and are not here yet."""
    items: list[SourceFreshness]
    """Those that the platform offers; none while it is off."""
    next: None = None
