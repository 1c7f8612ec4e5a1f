"""Writing line items down: what can be completed or graded in a course."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.grades import LineItem
from models import Context, Item, ItemSource

SOURCE = "ags"
LONGEST_KEY = 120

_Row = sa.Row[int, str, str, int | None, str, datetime | None]


def store_items(
    session: Session, context: Context, line_items: Sequence[LineItem]
) -> dict[str, int]:
    """Write line items down and return each one's item by its URL.

    A key is made once, of the tool's own resource id or else the label, and never
    changes: criteria refer to it. Hold the course's lock.
    """
    known = _known(session, context)
    newcomers = [item for item in line_items if item.url not in known]
    if newcomers:
        _make(session, context, newcomers)
        known = _known(session, context)
    changed = [
        {"id": known[item.url].id, **values}
        for item in line_items
        if (values := _values(item)) != _current(known[item.url])
    ]
    if changed:
        session.execute(sa.update(Item), changed)
    return {item.url: known[item.url].id for item in line_items}


def mark_gone(
    session: Session, context: Context, present: Collection[int], now: datetime
) -> int:
    """Mark the items a whole list no longer has; return how many. Facts stay."""
    gone = [
        row.id
        for row in _known(session, context).values()
        if row.id not in present and row.gone_at is None
    ]
    if gone:
        session.execute(sa.update(Item).where(Item.id.in_(gone)).values(gone_at=now))
    return len(gone)


def gone_items(session: Session, context: Context) -> set[int]:
    """Return the items that the last list of the platform did not have."""
    rows = _known(session, context).values()
    return {row.id for row in rows if row.gone_at is not None}


def key_of(item: LineItem, taken: Collection[str]) -> str:
    """Return a key that is not taken: `quiz-1`, and if need be `quiz-1-2`."""
    base = _slug(item.resource_id) or _slug(item.label) or "item"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:LONGEST_KEY]


def _values(item: LineItem) -> dict[str, object]:
    return {
        "label": item.label,
        "maximum": item.maximum,
        "resource_id": _own_name(item),
        "gone_at": None,
    }


def _own_name(item: LineItem) -> str:
    """Return what we named it: platforms keep both through a copy of the course."""
    return item.resource_id or item.tag


def _current(row: _Row) -> object:
    return {
        "label": row.label,
        "maximum": row.maximum,
        "resource_id": row.resource_id,
        "gone_at": row.gone_at,
    }


def _known(session: Session, context: Context) -> dict[str, _Row]:
    query = (
        sa.select(
            Item.id,
            ItemSource.external_id,
            Item.label,
            Item.maximum,
            Item.resource_id,
            Item.gone_at,
        )
        .join(ItemSource, ItemSource.item_id == Item.id)
        .where(ItemSource.context_id == context.id, ItemSource.source == SOURCE)
    )
    return {row.external_id: row for row in session.execute(query)}


def _make(session: Session, context: Context, newcomers: Sequence[LineItem]) -> None:
    rows = session.execute(
        sa.select(Item.key, Item.position).where(Item.context_id == context.id)
    ).all()
    taken = {key for key, _ in rows}
    position = max((position for _, position in rows), default=0)
    urls = {}
    items = []
    for number, item in enumerate(newcomers, position + 1):
        key = key_of(item, taken)
        taken.add(key)
        urls[key] = item.url
        values = {"context_id": context.id, "key": key, "position": number}
        items.append(Item(**values, **_values(item)))
    session.add_all(items)
    session.flush()
    session.add_all(
        ItemSource(
            context_id=context.id,
            item_id=item.id,
            source=SOURCE,
            external_id=urls[item.key],
        )
        for item in items
    )
    session.flush()
