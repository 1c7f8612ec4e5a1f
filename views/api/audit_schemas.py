"""The shapes of the audit: what was decided, and its place in the chain."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from views.api.schemas import Answer, Asked, Cursor

Action = Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]


class AuditQuery(Asked):
    action: Action | None = None
    """Only these: `award_granted`, `settings_changed`, …"""
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Entry(Answer):
    """A decision, by our ids alone."""

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
    items: list[Entry]
    next: str | None


class Head(Answer):
    """The end of the chain; whoever keeps it can tell later whether it was cut off."""

    position: int
    """How many decisions are in the chain."""
    digest: str
    sealed_at: datetime | None
    """None while there is no decision in it."""
