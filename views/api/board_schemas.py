"""The shapes of groups in the API; sentences are for people."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from views.api.award_schemas import Id
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, CoursePath, IfAny, Printable

Kind = Literal["department", "section", "group", "team"]
MOST_GROUPS = 2_000
MOST_MEMBERS = 20_000

__all__ = ["CoursePath", "Group", "GroupList", "GroupsQuery", "GroupsTold", "Kind"]


class GroupsQuery(Asked):
    kind: Kind | None = None
    """Only these; the answer then has the `ETag` that a change of them asks for."""


class Group(Answer):
    model_config = example(id="6b90d2…", kind="team", key="red", name="Red", people=12)

    id: str
    """What `?group=` of the leaderboard takes."""
    kind: Kind
    key: str
    """What its source calls it."""
    name: str
    people: IfAny[int | None] = None
    """How many are in it; for staff."""


class GroupList(Answer):
    model_config = example(items=[shown(Group)], next=None)

    items: list[Group]
    next: None = None


class GroupTold(Asked):
    key: Id
    """Its own word, the same every time."""
    name: Annotated[Printable, Field(max_length=255)] = ""
    """What people read; its key where it is left out."""
    members: list[Id] = Field(max_length=MOST_MEMBERS)
    """Everybody in it, by our ids or the platform's."""


class GroupsTold(Asked):
    """All groups of a kind: those it does not name are over, and kept as history."""

    model_config = example(
        kind="team",
        groups=[{"key": "red", "name": "Red", "members": ["91c2aa…", "77ab01…"]}],
    )

    kind: Kind
    groups: list[GroupTold] = Field(max_length=MOST_GROUPS)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        keys = [group.key for group in self.groups]
        if len(set(keys)) < len(keys):
            raise ValueError("two groups have the same key")
        return self
