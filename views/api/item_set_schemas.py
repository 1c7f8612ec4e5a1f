"""The shapes of sets of items in the API."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gamification.catalog.definitions import KEY
from gamification.catalog.rules.leaf import MOST_ITEMS
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Printable

Kind = Literal["module", "section"]
MOST_SETS = 500
Key = Annotated[str, Field(pattern=f"^{KEY.pattern}$")]


class ItemSet(Answer):
    model_config = example(
        key="module-1",
        kind="module",
        label="Module 1",
        source="instructor",
        items=["quiz-1", "essay"],
    )

    key: str
    """What rules name: `"item_set": "module-1"`."""
    kind: Kind
    label: str
    source: str
    """Who tells what is in it: `instructor`, or the platform."""
    items: list[str]
    """The keys of what is in it now."""


class ItemSetList(Answer):
    model_config = example(items=[shown(ItemSet)], next=None)

    items: list[ItemSet]
    next: None = None


class ItemSetTold(Asked):
    key: Key
    kind: Kind = "module"
    label: Annotated[Printable, Field(max_length=255)] = ""
    """What people read; its key where it is left out."""
    items: list[Annotated[Printable, Field(min_length=1, max_length=128)]] = Field(
        max_length=MOST_ITEMS
    )
    """The keys of everything that is in it."""


class ItemSetsTold(Asked):
    """All sets that are made by hand: those it does not name are gone."""

    model_config = example(
        sets=[{"key": "module-1", "label": "Module 1", "items": ["quiz-1", "essay"]}]
    )

    sets: list[ItemSetTold] = Field(max_length=MOST_SETS)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        keys = [one.key for one in self.sets]
        if len(set(keys)) < len(keys):
            raise ValueError("two sets have the same key")
        return self
