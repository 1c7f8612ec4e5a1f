"""The shapes of the audit: what was decided, and its place in the chain."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Cursor

Action = Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]


class AuditQuery(Asked):
    action: Action | None = None
    """Only these: `award_granted`, `settings_changed`, …"""
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Entry(Answer):
    """A decision, by our ids alone."""

    model_config = example(
        happened_at="2026-11-22T10:00:00Z",
        action="award_granted",
        course="91c2f0…",
        by="7ab344…",
        details={"award": "3e81a0…", "origin": "hand"},
        position=1840,
        digest="9f3c…",
    )

    happened_at: datetime
    action: str
    course: str | None
    """None for what is about the whole organisation."""
    by: str | None
    """Who decided: a person's id, a key's, or `operator`; None where none is noted."""
    details: dict[str, Any]
    position: int | None
    """Its place in the chain of all of Laurel's decisions; None for a minute."""
    digest: str | None


class EntryList(Answer):
    model_config = example(items=[shown(Entry)], next=None)

    items: list[Entry]
    next: str | None


class Head(Answer):
    """The end of the chain; whoever keeps it can tell later whether it was cut off."""

    model_config = example(
        position=1840, digest="9f3c…", sealed_at="2026-11-22T10:01:00Z"
    )

    position: int
    """How many decisions are in the chain."""
    digest: str
    sealed_at: datetime | None
    """None while there is no decision in it."""
