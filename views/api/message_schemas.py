"""The shapes of what learners are told, in the words of their course."""

from typing import Annotated, Literal

from pydantic import Field

from views.api.examples import example
from views.api.news_schemas import Kind
from views.api.schemas import Answer, Asked

Text = Annotated[str, Field(max_length=1000)]


class MessagesChange(Asked):
    """The messages that are to change; those it does not name stay as they are."""

    model_config = example(messages={"award": "Well done: {badge}!", "expiring": None})

    messages: dict[Kind, Text | None]
    """By kind; `null`: what the organisation says, or Laurel."""


class Message(Answer):
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
    messages: list[Message]
    locked: bool
    """The organisation keeps them as they are."""


class MessageTried(Answer):
    kind: Kind
    example: str


class MessagesTried(Answer):
    """How other words would read; nothing was written."""

    items: list[MessageTried]
    next: None = None
