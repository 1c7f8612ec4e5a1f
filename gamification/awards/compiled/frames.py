"""What a rule's words mean in a course today: its items, its days, its term."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog import Criterion
from gamification.catalog.rules import Leaf
from gamification.metrics import Scope, day_of, days_of_period, last_days
from gamification.metrics.periods import Days
from gamification.metrics.scopes import within
from models import Context, Item, ItemInSet, ItemSet


@dataclass(frozen=True)
class Frame:
    """A course on a day; `frame_of` makes it."""

    context_id: int
    now: datetime
    today: date
    term: Days
    items: Mapping[str, int] = field(default_factory=dict)
    """The ids of the items that rules name, by key; what is not there is unknown."""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys of the items that are in the sets that rules name now."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call those items, and by `set:<key>` those sets."""
    members: tuple[int, ...] | None = None
    """Whom alone it is asked about, for at most a few hundred; None means everybody."""

    def scope_of(self, leaf: Leaf) -> Scope:
        """Return the facts that a condition looks at; its set is filled already."""
        keys = leaf.keys
        items = None
        if keys is not None:
            items = tuple(self.items[key] for key in keys if key in self.items)
        return Scope(items, self._days_of(leaf), leaf.on_time)

    def _days_of(self, leaf: Leaf) -> Days:
        days = within((leaf.since, leaf.to), (None, leaf.by))
        if leaf.last_days is not None:
            days = within(days, last_days(leaf.last_days, self.today))
        if leaf.period is not None:
            days = within(days, days_of_period(leaf.period, self.today, self.term))
        return days


@dataclass(frozen=True)
class _Found:
    """A set of items, with the key, the id and the label of each."""

    key: str
    label: str
    items: list[tuple[str, int, str]] = field(default_factory=list)


def _sets(session: Session, context_id: int, keys: Iterable[str]) -> list[_Found]:
    """Look up sets and what is in them now: what its platform lists no more is not."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    rows = session.execute(
        sa.select(ItemSet.key, ItemSet.label, Item.key, Item.id, Item.label)
        .outerjoin(ItemInSet, ItemInSet.item_set_id == ItemSet.id)
        .outerjoin(Item, (Item.id == ItemInSet.item_id) & Item.gone_at.is_(None))
        .where(ItemSet.context_id == context_id, ItemSet.key.in_(wanted))
        .where(ItemSet.gone_at.is_(None))
        .order_by(ItemSet.id, ItemInSet.position)
    )
    found: dict[str, _Found] = {}
    for key, label, item_key, item_id, item_label in rows:
        one = found.setdefault(key, _Found(key, label))
        if item_key is not None:
            one.items.append((item_key, item_id, item_label))
    return list(found.values())


def frame_of(
    session: Session,
    context: Context,
    now: datetime,
    criteria: Iterable[Criterion],
    members: Sequence[int] | None = None,
) -> Frame:
    """Look up what some rules name: in a question for items, and one for sets of them."""
    rules = list(criteria)
    keys = set(chain.from_iterable(one.item_keys for one in rules))
    found = _sets(session, context.id, chain.from_iterable(r.set_keys for r in rules))
    known = [row for one in found for row in one.items]
    if keys:
        rows = sa.select(Item.key, Item.id, Item.label)
        wanted = rows.where(Item.context_id == context.id, Item.key.in_(sorted(keys)))
        known += [(key, id_, label) for key, id_, label in session.execute(wanted)]
    labels = {f"set:{one.key}": one.label for one in found}
    return Frame(
        context_id=context.id,
        now=now,
        today=day_of(now, context.zone),
        term=(context.term_start, context.term_end),
        items={key: item for key, item, _ in known},
        sets={one.key: tuple(key for key, _, _ in one.items) for one in found},
        labels={key: label for key, _, label in known} | labels,
        members=None if members is None else tuple(members),
    )
