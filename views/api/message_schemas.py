"""The shapes of what learners are told, in the words of their course."""

from typing import Annotated, Literal

from pydantic import Field

from views.api.examples import example, shown
from views.api.news_schemas import Kind
from views.api.schemas import Answer, Asked

Text = Annotated[str, Field(max_length=1000)]


class MessagesChange(Asked):
    """The messages that are to change; those it does not name stay as they are."""

    model_config = example(messages={"award": "Well done: {badge}!", "expiring": None})

    messages: dict[Kind, Text | None]
    """By kind; `null`: what the organisation says, or Laurel."""


class Message(Answer):
    model_config = example(
        kind="award",
        text="Well done: {badge}!",
        origin="course",
        version=1,
        places=["{badge}"],
        example="Well done: Helper!",
    )

    kind: Kind
    text: str
    origin: Literal["shipped", "tenant", "course"]
    """Whose words they are."""
    version: int
    places: list[str]
    """What may stand in it: `{badge}`."""
    example: str
    """As somebody might read it."""


class Messages(Answer):
    model_config = example(messages=[shown(Message)], locked=False)

    messages: list[Message]
    locked: bool
    """The organisation keeps them as they are."""


class MessageTried(Answer):
    model_config = example(kind="award", example="Well done: Helper!")

    kind: Kind
    example: str


class MessagesTried(Answer):
    """How other words would read; nothing was written."""

    model_config = example(items=[shown(MessageTried)], next=None)

    items: list[MessageTried]
    next: None = None
