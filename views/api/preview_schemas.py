"""The shapes of a preview: a badge in, who would gain and lose it out."""

from typing import Annotated, Any, Literal

from pydantic import Field

from views.api.schemas import Answer, Asked, Printable


class PreviewAsked(Asked):
    """A badge as it would be: its `criterion`, or the shorthand in its place."""

    key: Annotated[Printable, Field(max_length=128)] = ""
    """The key of a badge of the course: its rule would be replaced."""
    criterion: dict[str, Any] | None = None
    """As in `docs/criterion.schema.json`."""
    metric: Annotated[str, Field(max_length=64)] | None = None
    threshold: int | float | None = None
    policy: Literal["keep", "revoke"] | None = None
    """Left out: as the badge has it, else `keep`."""
    label: Annotated[str, Field(max_length=255)] = ""
    icon: Annotated[str, Field(max_length=32)] = ""
    description: Annotated[str, Field(max_length=1000)] = ""


class PreviewedPerson(Answer):
    user_id: str
    name: str


class PreviewedSide(Answer):
    """How many people, and the first 200 of them by name."""

    count: int
    members: list[PreviewedPerson]


class Previewed(Answer):
    """What a rule would come to at this moment; nothing was written."""

    criterion: str
    """What to do, in a sentence."""
    gains: PreviewedSide
    losses: PreviewedSide
    """Nobody, where the policy is `keep`."""
    findings: list[str]
    """What makes no sense about the rule, or not in this course."""
