"""A course without its people: settings, badges and weights, comparable and whole."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog import Criterion
from gamification.catalog.definitions import Definition
from gamification.catalog.drafts import SOURCE
from gamification.catalog.own import state_of
from gamification.catalog.rules import BadRule
from gamification.copying.customs import Customs, customs_of
from gamification.copying.mapping import Place
from gamification.copying.settings import settings_of
from gamification.metrics.weights import Worth, newest
from models import Badge, BadgeVersion, Context, Item, ItemSet

STATES = ("active", "held", "draft")
"""The states in which a badge is part of its course; what is retired is not."""


@dataclass(frozen=True)
class Entry:
    """A badge as it is written, in its place and state."""

    definition: Definition
    state: str = "active"
    position: int = 0
    foreign: Mapping[str, Any] | None = None
    """What another program wrote and what was proposed for it; then there is no rule."""
    source: Mapping[str, Any] | None = None
    """What another program wrote, where a rule is bound to it."""
    since: datetime | None = None
    """Facts before it do not count."""

    @property
    def key(self) -> str:
        return self.definition.key

    @property
    def rule(self) -> dict[str, Any]:
        """Its criterion as the database keeps it."""
        if self.foreign is not None:
            return dict(self.foreign)
        return self.definition.criterion.to_json()

    @property
    def item_keys(self) -> frozenset[str]:
        """The items that it names."""
        if self.foreign is not None:
            return frozenset()
        return self.definition.criterion.item_keys

    @property
    def set_keys(self) -> frozenset[str]:
        """The sets of items that it names."""
        if self.foreign is not None:
            return frozenset()
        return self.definition.criterion.set_keys

    @property
    def words(self) -> dict[str, Any]:
        """What a version of it is made of."""
        one = self.definition
        return {
            "label": one.label,
            "icon": one.icon,
            "description": one.description,
            "criterion": self.rule,
            "valid_days": one.valid_days,
            "effective_from": self.since,
        }

    def ruled(self, criterion: Criterion, state: str) -> "Entry":
        """Return it with another rule, in a state that goes with that."""
        return replace(
            self, definition=replace(self.definition, criterion=criterion), state=state
        )


@dataclass(frozen=True)
class Outline:
    """What of a course can be written down, compared and given to another."""

    course: str = ""
    """The public id of the course it is of: there an item's key is enough."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    badges: tuple[Entry, ...] | None = ()
    """None: nothing is said of them."""
    items: tuple[Place, ...] = ()
    sets: tuple[Place, ...] = ()
    """Its sets of items; the type of each is its kind."""
    weights: tuple[Worth, ...] = ()
    """What its facts are worth; of what is not in it nothing is said."""
    customs: Customs = field(default_factory=Customs)

    @property
    def by_key(self) -> dict[str, Entry]:
        """Its badges by their keys."""
        return {entry.key: entry for entry in self.badges or ()}

    @property
    def named_items(self) -> tuple[Place, ...]:
        """The items that its rules name, by key."""
        named = {key for entry in self.badges or () for key in entry.item_keys}
        named |= {worth.item for worth in self.weights if worth.item}
        return _chosen(self.items, named)

    @property
    def named_sets(self) -> tuple[Place, ...]:
        """The sets of items that its rules name, by key."""
        return _chosen(self.sets, set_keys_of(self.badges or ()))


def set_keys_of(entries: Iterable[Entry]) -> set[str]:
    """Return the sets of items that some badges name."""
    return {key for entry in entries for key in entry.set_keys}


def _chosen(places: Iterable[Place], keys: set[str]) -> tuple[Place, ...]:
    chosen = (place for place in places if place.key in keys)
    return tuple(sorted(chosen, key=lambda place: place.key))


def outline_of(
    session: Session, context: Context, *, with_gone: bool = False
) -> Outline:
    """Read a course's outline, in some questions however much there is in it.

    With what is gone, whoever reads it elsewhere can tell what all its rules meant.
    """
    badges = tuple(entries_of(session, context.id))
    gone = set_keys_of(badges) if with_gone else set()
    return Outline(
        course=context.public_id,
        settings=settings_of(context),
        badges=badges,
        items=tuple(places_of(session, context.id, with_gone=with_gone)),
        sets=tuple(sets_of(session, context.id, gone)),
        weights=tuple(newest(session, context.id)[1]),
        customs=customs_of(session, context),
    )


def entries_of(
    session: Session, context_id: int, origins: Iterable[str] = ()
) -> list[Entry]:
    """Return a course's badges by key, or those of some layers alone.

    What a newer Laurel wrote and this one cannot read is left out.
    """
    query = (
        sa.select(Badge, BadgeVersion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context_id, BadgeVersion.retired_at.is_(None))
        .where(Badge.state != "retired")
        .order_by(Badge.key)
        .execution_options(populate_existing=True)
    )
    if origins:
        query = query.where(Badge.origin.in_(list(origins)))
    read = (_entry(badge, version) for badge, version in session.execute(query))
    return [entry for entry in read if entry is not None]


def places_of(
    session: Session, context_id: int, *, with_gone: bool = False
) -> list[Place]:
    """Return the items that a course has now, or ever had, in their order."""
    query = (
        sa.select(Item.key, Item.label, Item.type, Item.position, Item.resource_id)
        .where(Item.context_id == context_id)
        .order_by(Item.position, Item.id)
    )
    if not with_gone:
        query = query.where(Item.gone_at.is_(None))
    return [Place(*row) for row in session.execute(query)]


def sets_of(
    session: Session, context_id: int, with_gone: Collection[str] = ()
) -> list[Place]:
    """Return the sets of items that a course has now, in their order.

    Of those that are gone only some keys: one that nobody names would make another of
    its title doubtful.
    """
    query = (
        sa.select(ItemSet.key, ItemSet.label, ItemSet.kind, ItemSet.position)
        .add_columns(ItemSet.gone_at)
        .where(ItemSet.context_id == context_id)
        .order_by(ItemSet.position, ItemSet.id)
    )
    return [
        Place(key, label, kind, position)
        for key, label, kind, position, gone_at in session.execute(query)
        if gone_at is None or key in with_gone
    ]


def _entry(badge: Badge, version: BadgeVersion) -> Entry | None:
    foreign = version.criterion if SOURCE in version.criterion else None
    try:
        criterion = (
            UNRULED if foreign is not None else Criterion.from_json(version.criterion)
        )
    except BadRule:
        return None
    definition = Definition(
        key=badge.key,
        label=version.label,
        icon=version.icon,
        description=version.description,
        criterion=criterion,
        policy=badge.policy,
        valid_days=version.valid_days,
        origin=badge.origin,
    )
    return Entry(
        definition,
        state_of(badge),
        badge.position,
        foreign,
        badge.source,
        version.effective_from,
    )


UNRULED = Criterion.flat("score", 1_000_000_000)
"""Stands where a foreign badge has no rule yet; nobody reads it."""
