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
from models import Context, Item


@dataclass(frozen=True)
class Frame:
    """A course on a day; `frame_of` makes it."""

    context_id: int
    now: datetime
    today: date
    term: Days
    items: Mapping[str, int] = field(default_factory=dict)
    """The ids of the items that rules name, by key; what is not there is unknown."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call those items."""
    members: tuple[int, ...] | None = None
    """Whom alone it is asked about, for at most a few hundred; None means everybody."""

    def scope_of(self, leaf: Leaf) -> Scope:
        """Return the facts that a condition looks at."""
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


def frame_of(
    session: Session,
    context: Context,
    now: datetime,
    criteria: Iterable[Criterion],
    members: Sequence[int] | None = None,
) -> Frame:
    """Look up what some rules name, in one question, or none where they name nothing."""
    keys = sorted(set(chain.from_iterable(one.item_keys for one in criteria)))
    known = []
    if keys:
        rows = sa.select(Item.key, Item.id, Item.label)
        wanted = rows.where(Item.context_id == context.id, Item.key.in_(keys))
        known = list(session.execute(wanted))
    return Frame(
        context_id=context.id,
        now=now,
        today=day_of(now, context.zone),
        term=(context.term_start, context.term_end),
        items={key: item for key, item, _ in known},
        labels={key: label for key, _, label in known},
        members=None if members is None else tuple(members),
    )
