"""The shapes of a preview: a badge in, who would gain and lose it out."""

from typing import Annotated, Literal

from pydantic import Field

from views.api.examples import example
from views.api.rule_schemas import BadgeWish, State
from views.api.schemas import Answer, Printable


class PreviewAsked(BadgeWish):
    """A badge as it would be: its `criterion`, or the shorthand in its place."""

    model_config = example(
        key="quick", criterion={"metric": "percent", "item": "quiz-1", "more_than": 90}
    )

    key: Annotated[Printable, Field(max_length=128)] = ""
    """The key of a badge of the course: its rule would be replaced."""
    policy: Literal["keep", "revoke"] | None = None
    """Left out: as the badge has it, else `keep`."""
    state: State = "active"
    """What is previewed is the badge in use, whatever is asked for."""


class PreviewedPerson(Answer):
    user_id: str
    name: str


class PreviewedSide(Answer):
    """How many people, and the first 200 of them by name."""

    count: int
    members: list[PreviewedPerson]


class Previewed(Answer):
    """What a rule would come to at this moment; nothing was written."""

    model_config = example(
        criterion="Reach more than 90 % in Quiz 1",
        gains={"count": 1, "members": [{"user_id": "91c2f0…", "name": "Ada Ahorn"}]},
        losses={"count": 0, "members": []},
        findings=[],
    )

    criterion: str
    """What to do, in a sentence."""
    gains: PreviewedSide
    losses: PreviewedSide
    """Nobody, where the policy is `keep`."""
    findings: list[str]
    """What makes no sense about the rule, or not in this course."""
