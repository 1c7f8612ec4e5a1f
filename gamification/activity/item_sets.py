"""Sets of items, such as modules: told whole by their source, and by nobody else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.definitions import KEY
from gamification.catalog.rules.leaf import MOST_ITEMS
from models import Context, Item, ItemInSet, ItemSet
from models.locks import lock_course
from models.upsert import insert

INSTRUCTOR = "instructor"
"""The source of the sets that are made by hand."""
NO_KEY = "its key is not of letters, digits, dots, dashes and underscores"
TOO_LARGE = f"it has more than {MOST_ITEMS} items"
TWICE = "another one of its source has the same key"
COLUMNS = (
    *(ItemSet.context_id, ItemSet.key, ItemSet.kind, ItemSet.label),
    *(ItemSet.source, ItemSet.position, ItemSet.gone_at),
)
Columns = dict[str, Any]
Held = dict[int, bool]
"""Items of a set by id, in their order, and whether each is gone."""


@dataclass(frozen=True)
class SetTold:
    """A set as its source tells it, with everything that is in it."""

    key: str
    kind: str
    label: str
    items: tuple[int, ...]
    """Ids of items of the same course."""


@dataclass(frozen=True)
class Refused:
    """A set that was left as it was, and why."""

    key: str
    reason: str


@dataclass(frozen=True)
class Walked:
    """What a complete list of sets came to."""

    sets: int
    has_changed: bool
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class SetRow:
    """A set as it is now."""

    key: str
    kind: str
    label: str
    source: str
    items: tuple[str, ...]
    """The keys of what is in it; what its platform lists no more is not."""


def item_sets_of(session: Session, context_id: int) -> list[SetRow]:
    """Return a course's sets in their order, in two questions."""
    query = sa.select(
        ItemSet.id, ItemSet.key, ItemSet.kind, ItemSet.label, ItemSet.source
    ).where(ItemSet.context_id == context_id, ItemSet.gone_at.is_(None))
    sets = session.execute(query.order_by(ItemSet.position, ItemSet.id)).all()
    rows = session.execute(
        sa.select(ItemInSet.item_set_id, Item.key)
        .join(Item, Item.id == ItemInSet.item_id)
        .where(*_in_sets_of(context_id), Item.gone_at.is_(None))
        .order_by(ItemInSet.position)
    )
    keys: dict[int, list[str]] = {}
    for set_id, key in rows:
        keys.setdefault(set_id, []).append(key)
    return [
        SetRow(key, kind, label, source, tuple(keys.get(set_id, ())))
        for set_id, key, kind, label, source in sets
    ]


def _in_sets_of(context_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Say of what is in sets that it is in a course's; by the set the key finds it."""
    sets = sa.select(ItemSet.id).where(ItemSet.context_id == context_id)
    return ItemInSet.context_id == context_id, ItemInSet.item_set_id.in_(sets)


def set_item_sets(
    session: Session,
    context: Context,
    source: str,
    told: Sequence[SetTold],
    now: datetime,
) -> Walked:
    """Make a source's sets those of a complete list; never call it with a part.

    What the list lacks is gone, and rules that name it count nothing in it. A set that
    cannot be kept so, as one with the key of another source's, is named and left as it
    is. What is in a set made by hand and gone from the platform stays in it: who wrote
    the list was not told of it. Locks the course; as many statements for many sets as for one. Where anything
    has changed the course is to be looked at again. Raises IntegrityError for an item
    of another course.
    """
    lock_course(session, context.id)
    known = _known(session, context.id)
    refused = tuple(_refused(source, told, known))
    bad = {one.key for one in refused}
    good = {one.key: one for one in told if one.key not in bad}
    rows = [
        _columns(context.id, source, one, position)
        for position, one in enumerate(good.values())
    ]
    rows += [
        {**row, "gone_at": now}
        for row in known.values()
        if row["source"] == source
        and row["gone_at"] is None
        and row["key"] not in {*good, *bad}
    ]
    lasting = _lasting(known) if source == INSTRUCTOR else set()
    has_changed = _write(session, [row for row in rows if row != known.get(row["key"])])
    has_changed = _fill(session, context.id, good, lasting) or has_changed
    return Walked(len(good), has_changed, refused)


def _known(session: Session, context_id: int) -> dict[str, Columns]:
    """Return what is written of all sets a course ever had, by key."""
    rows = session.execute(sa.select(*COLUMNS).where(ItemSet.context_id == context_id))
    return {row.key: row._asdict() for row in rows}


def _lasting(known: dict[str, Columns]) -> set[str]:
    """Return the sets made by hand that are there now, by key."""
    return {
        key
        for key, row in known.items()
        if row["source"] == INSTRUCTOR and row["gone_at"] is None
    }


def _columns(context_id: int, source: str, one: SetTold, position: int) -> Columns:
    return {
        "context_id": context_id,
        "key": one.key,
        "kind": one.kind,
        "label": one.label or one.key,
        "source": source,
        "position": position,
        "gone_at": None,
    }


def _refused(
    source: str, told: Iterable[SetTold], known: dict[str, Columns]
) -> Iterator[Refused]:
    taken: set[str] = set()
    for one in told:
        row = known.get(one.key)
        if not KEY.fullmatch(one.key):
            yield Refused(one.key, NO_KEY)
        elif one.key in taken:
            yield Refused(one.key, TWICE)
        elif row and row["gone_at"] is None and row["source"] != source:
            teller = row["source"]
            yield Refused(one.key, f"its key is that of a set which {teller} tells")
        elif len(set(one.items)) > MOST_ITEMS:
            yield Refused(one.key, TOO_LARGE)
        taken.add(one.key)


def _write(session: Session, rows: list[Columns]) -> bool:
    """Make the rows of sets so; tell whether there are any."""
    if not rows:
        return False
    # Rows that leave out what is empty would each be a statement of their own.
    statement = insert(session, ItemSet).execution_options(render_nulls=True)
    changing = ("kind", "label", "source", "position", "gone_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["context_id", "key"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        rows,
    )
    return True


def _fill(
    session: Session, context_id: int, told: dict[str, SetTold], lasting: set[str]
) -> bool:
    """Let sets hold what they are told to; tell whether any held something else.

    The `lasting` ones keep what is gone, too.
    """
    ids = sa.select(ItemSet.key, ItemSet.id).where(ItemSet.context_id == context_id)
    held = _held(session, context_id)
    changed = dict[int, list[int]]()
    for key, set_id in session.execute(ids):
        if key not in told:
            continue
        before = held.get(set_id, {})
        items = list(dict.fromkeys(told[key].items))
        if key in lasting:
            items = _with_gone(items, before)
        if items != list(before):
            changed[set_id] = items
    if not changed:
        return False
    ours = sa.delete(ItemInSet).where(
        ItemInSet.context_id == context_id, ItemInSet.item_set_id.in_(changed)
    )
    session.execute(ours.execution_options(synchronize_session=False))
    rows = [
        {
            "context_id": context_id,
            "item_set_id": set_id,
            "item_id": item,
            "position": position,
        }
        for set_id, items in changed.items()
        for position, item in enumerate(items)
    ]
    if rows:
        session.execute(sa.insert(ItemInSet), rows)
    return True


def _with_gone(told: list[int], held: Held) -> list[int]:
    """Return what a set is told to hold and, as far as it has room, what is gone."""
    gone = [item for item, is_gone in held.items() if is_gone and item not in told]
    if [item for item in held if item not in gone] == told:
        return list(held)
    return told + gone[: MOST_ITEMS - len(told)]


def _held(session: Session, context_id: int) -> dict[int, Held]:
    """Return what is in sets, in its order, by the set."""
    query = (
        sa.select(ItemInSet.item_set_id, ItemInSet.item_id, Item.gone_at)
        .join(Item, Item.id == ItemInSet.item_id)
        .where(*_in_sets_of(context_id))
    )
    held: dict[int, Held] = {}
    for set_id, item, gone_at in session.execute(query.order_by(ItemInSet.position)):
        held.setdefault(set_id, {})[item] = gone_at is not None
    return held
