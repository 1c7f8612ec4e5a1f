"""The shapes of merges: two users of an organisation who are one person."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Cursor, PublicId


class MergePath(Asked):
    merge_id: PublicId


class MergesQuery(Asked):
    user: PublicId | None = None
    """Only those that this one was kept or given up in."""
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class MergeWanted(Asked):
    """Two users, by our ids."""

    model_config = example(
        kept="91c2f0a47be3d05c66e1f8", merged="7ab3446e19d2c0f5b8a731"
    )

    kept: PublicId
    """Who stays; where the platform made somebody anew, usually the older one."""
    merged: PublicId
    """Who turned out to be the same."""


class Merge(Answer):
    """A merge, by our ids alone; one that was taken back stays as a record."""

    model_config = example(
        id="3e81a0…",
        state="merged",
        kept="91c2f0…",
        merged="7ab344…",
        by="operator",
        merged_at="2026-11-22T10:00:00Z",
        reversed_at=None,
    )

    id: str
    state: Literal["merged", "taken_back"]
    kept: str
    merged: str
    by: str
    """Who said so: a key's id, or `operator`."""
    merged_at: datetime
    reversed_at: datetime | None
    """When it was taken back."""


class MergeList(Answer):
    model_config = example(items=[shown(Merge)], next=None)

    items: list[Merge]
    next: str | None
