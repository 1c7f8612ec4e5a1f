"""The shapes of what a member is told."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Cursor

Kind = Literal[
    "award",
    "milestone",
    "expiring",
    "expired",
    "revoked",
    "lifted",
    "renewed",
    "level",
    "personal_best",
]


class NewsQuery(Asked):
    cursor: Cursor | None = None
    limit: int = Field(default=20, ge=1, le=100)


class NewsSubject(Answer):
    """What a piece of news is about: a badge, or a number of one's own."""

    award: str | None = None
    """Our id of the award, where it is about one; so are the next four."""
    key: str | None = None
    label: str | None = None
    icon: str | None = None
    expires_at: datetime | None = None
    kind: str | None = None
    """Which milestone or personal best, where it is about one."""
    value: int | None = None
    """The milestone, or the best, in wholes."""


class NewsItem(Answer):
    """One change, or many that came together."""

    model_config = example(
        id="17",
        kind="award",
        created_at="2026-11-22T10:00:00Z",
        seen=False,
        count=1,
        text="You have earned Author.",
        subjects=[
            {"award": "5f2c0a…", "key": "author", "label": "Author", "icon": "📚"},
        ],
    )

    id: str
    kind: Kind
    created_at: datetime
    seen: bool
    count: int
    """How many changes it stands for."""
    text: str | None = None
    """What the course says to it, and to many at once Laurel; `null` where what it was
    about is there no more."""
    subjects: list[NewsSubject]


class NewsList(Answer):
    """One's own news, the newest first; none while a switch is off."""

    model_config = example(items=[shown(NewsItem)], next=None, unseen=1)

    items: list[NewsItem]
    next: str | None = None
    unseen: int = 0


class NewsSeen(Asked):
    model_config = example(until="172")

    until: str | None = Field(default=None, pattern=r"^[0-9]{1,18}$")
    """The id of the newest one that was seen; left out, all of them were."""


class Unseen(Answer):
    model_config = example(unseen=0)

    unseen: int


class NewsChoice(Asked):
    """Which kinds one does not want to be told of: the whole list, or none."""

    model_config = example(off=["milestone", "renewed"])

    off: list[Kind] = Field(max_length=20)


class NewsChoices(Answer):
    model_config = example(off=["milestone", "renewed"])

    off: list[Kind]
