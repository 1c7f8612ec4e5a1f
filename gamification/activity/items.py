"""What can be done in a course: its items, listed, found by key, and made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.cursors import cursor_of, place_of
from models import Item, ItemSource

LIST = "items"
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """One item of a course."""

    id: str
    key: str
    label: str
    maximum: int | None
    """Full marks, in millionths of a point."""
    is_gone: bool
    """Its platform lists it no more; what was done in it counts as before."""


@dataclass(frozen=True)
class ItemPage:
    rows: list[ItemRow]
    next: str | None


@dataclass(frozen=True)
class NewItem:
    """An item as whoever reports of it names it."""

    label: str
    maximum: int | None = None


def items_of(
    session: Session, context_id: int, *, after: str | None = None, limit: int = 50
) -> ItemPage:
    """Return a page of a course's items in its order; raise BadCursor."""
    place = sa.tuple_(Item.position, Item.id)
    query = sa.select(Item).where(Item.context_id == context_id)
    if after is not None:
        query = query.where(place > place_of(LIST, after, int, int))
    found = session.scalars(query.order_by(Item.position, Item.id).limit(limit + 1))
    items = found.all()
    more, shown = len(items) > limit, items[:limit]
    last = cursor_of(LIST, shown[-1].position, shown[-1].id) if more else None
    return ItemPage([_row(item) for item in shown], last)


def item_ids(
    session: Session, context_id: int, keys: Collection[str]
) -> dict[str, int]:
    """Return the items of some keys. One query for each 500 keys.

    A database takes so many parameters in a statement and no more.
    """
    found: dict[str, int] = {}
    wanted = sorted(keys)
    ours = sa.select(Item.key, Item.id).where(Item.context_id == context_id)
    for start in range(0, len(wanted), AT_ONCE):
        some = Item.key.in_(wanted[start : start + AT_ONCE])
        found |= {row.key: row.id for row in session.execute(ours.where(some))}
    return found


def some_keys(session: Session, context_id: int, most: int) -> list[str]:
    """Return the keys of a course's items in its order, up to so many and one more."""
    query = sa.select(Item.key).where(
        Item.context_id == context_id, Item.gone_at.is_(None)
    )
    return list(session.scalars(query.order_by(Item.position, Item.id).limit(most + 1)))


def make_items(
    session: Session, context_id: int, wanted: Mapping[str, NewItem], source: str
) -> dict[str, int]:
    """Make items under keys that are free, after the others; hold the course's lock."""
    if not wanted:
        return {}
    query = sa.select(sa.func.max(Item.position)).where(Item.context_id == context_id)
    first = (session.scalar(query) or 0) + 1
    items = [
        Item(
            context_id=context_id,
            key=key,
            label=new.label,
            position=position,
            maximum=new.maximum,
        )
        for position, (key, new) in enumerate(wanted.items(), first)
    ]
    session.add_all(items)
    session.flush()
    session.add_all(
        ItemSource(
            context_id=context_id, item_id=item.id, source=source, external_id=item.key
        )
        for item in items
    )
    session.flush()
    return {item.key: item.id for item in items}


def _row(item: Item) -> ItemRow:
    return ItemRow(
        id=item.public_id,
        key=item.key,
        label=item.label,
        maximum=item.maximum,
        is_gone=item.gone_at is not None,
    )
