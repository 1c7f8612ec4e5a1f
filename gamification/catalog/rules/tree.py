"""Conditions put together: all of them, any of them, none of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from gamification.catalog.rules.leaf import Leaf
from gamification.catalog.rules.values import Key
from gamification.catalog.rules.words import listed, small

GROUPS = ("all", "any", "none")
MOST_PARTS = 20

_CONFIG = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
Parts = Annotated[tuple["Rule", ...], Field(min_length=1, max_length=MOST_PARTS)]


def _kind(value: object) -> str | None:
    """Name the model a part of a rule is meant to be, by the fields it has."""
    if isinstance(value, BaseModel):
        return f"§{type(value).__name__}"
    if not isinstance(value, Mapping):
        return None
    for field, tag in (
        *(("all", "§All"), ("any", "§AnyOf"), ("none", "§NoneOf")),
        ("badge", "§Prerequisite"),
    ):
        if field in value:
            return tag
    return "§Leaf"


class _Group(BaseModel, ABC):
    """Parts that are judged together; which of them must be met, its kind says."""

    model_config = _CONFIG

    @property
    @abstractmethod
    def parts(self) -> "tuple[Rule, ...]":
        """Its parts, under whatever name they are written."""

    @property
    def monotone(self) -> bool:
        """Whether more acts can only help: where that is so of every part."""
        return all(part.monotone for part in self.parts)

    @property
    def time_dependent(self) -> bool:
        """Whether it may be met, or not any more, because time has passed."""
        return any(part.time_dependent for part in self.parts)


class All(_Group):
    """Met where every part is met."""

    all: Parts

    @property
    def parts(self) -> "tuple[Rule, ...]":
        return self.all

    def sentence(self, labels: Mapping[str, str]) -> str:
        """Say what to do, part by part."""
        return listed(_said(self.parts, labels))


class AnyOf(_Group):
    """Met where at least one part is met."""

    any: Parts

    @property
    def parts(self) -> "tuple[Rule, ...]":
        return self.any

    def sentence(self, labels: Mapping[str, str]) -> str:
        """Say what there is to choose from."""
        said = _said(self.parts, labels)
        return said[0] if len(said) == 1 else f"Either {small(listed(said, 'or'))}"


class NoneOf(_Group):
    """Met where no part is met."""

    none: Parts

    @property
    def parts(self) -> "tuple[Rule, ...]":
        return self.none

    @property
    def monotone(self) -> bool:
        return False

    def sentence(self, labels: Mapping[str, str]) -> str:
        """Say what must not be."""
        said = _said(self.parts, labels, is_denied=True)
        return f"Do not {small(listed(said, 'or'))}"


class Prerequisite(BaseModel):
    """Met by who holds another badge of the course."""

    model_config = _CONFIG

    badge: Key
    """The other badge's key."""

    @property
    def monotone(self) -> bool:
        """As the other badge is: this says only that holding on is enough."""
        return True

    @property
    def time_dependent(self) -> bool:
        return False

    def sentence(self, labels: Mapping[str, str]) -> str:
        """Say which badge to earn first."""
        return f"Earn the badge {labels.get(f'badge:{self.badge}', self.badge)}"


Rule = Annotated[
    Union[  # noqa: UP007 -- the names inside of it are not there yet
        Annotated[All, Tag("§All")],
        Annotated[AnyOf, Tag("§AnyOf")],
        Annotated[NoneOf, Tag("§NoneOf")],
        Annotated[Prerequisite, Tag("§Prerequisite")],
        Annotated[Leaf, Tag("§Leaf")],
    ],
    Discriminator(
        _kind,
        custom_error_type="rule",
        custom_error_message="this is not a table with all, any, none, badge or metric",
    ),
]
Group = All | AnyOf | NoneOf
for _model in (All, AnyOf, NoneOf):
    _model.model_rebuild()


def leaves_of(rule: Rule) -> Iterator[Leaf]:
    """Yield the conditions of a rule, from left to right."""
    if isinstance(rule, Leaf):
        yield rule
    elif isinstance(rule, Group):
        for part in rule.parts:
            yield from leaves_of(part)


def prerequisites_of(rule: Rule) -> Iterator[str]:
    """Yield the keys of the badges a rule asks for."""
    if isinstance(rule, Prerequisite):
        yield rule.badge
    elif isinstance(rule, Group):
        for part in rule.parts:
            yield from prerequisites_of(part)


def forbids(rule: Rule) -> bool:
    """Tell whether a rule's sentence begins with `Do not`.

    Such a sentence is told last among others: what followed it would read as
    forbidden, too.
    """
    if isinstance(rule, NoneOf):
        return True
    return isinstance(rule, Group) and len(rule.parts) == 1 and forbids(*rule.parts)


def has_forbidden(rule: Rule) -> bool:
    """Tell whether something in a rule must not be."""
    if isinstance(rule, NoneOf):
        return True
    return isinstance(rule, Group) and any(map(has_forbidden, rule.parts))


def _said(
    parts: "tuple[Rule, ...]", labels: Mapping[str, str], *, is_denied: bool = False
) -> list[str]:
    first, *rest = (
        f"({small(one)})" if _is_apart(part, is_denied=is_denied) else one
        for part in sorted(parts, key=forbids)
        if (one := part.sentence(labels))
    )
    return [first, *map(small, rest)]


def _is_apart(part: Rule, *, is_denied: bool) -> bool:
    """Tell whether a part is told in brackets; `is_denied` after `Do not`."""
    is_several = isinstance(part, Group) and len(part.parts) > 1
    return is_several or (is_denied and forbids(part))
