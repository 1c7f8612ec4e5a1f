"""Sets of items, such as modules: told whole by their source, and by nobody else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.definitions import KEY
from gamification.catalog.rules.leaf import MOST_ITEMS
from models import Context, Item, ItemInSet, ItemSet
from models.locks import lock_course

INSTRUCTOR = "instructor"
"""The source of the sets that are made by hand."""
KINDS = ("module", "section")
NO_KEY = "its key is not of letters, digits, dots, dashes and underscores"
TOO_LARGE = f"it has more than {MOST_ITEMS} items"
TWICE = "another one of its source has the same key"
Members = dict[int, list[int]]
"""The ids of items, in their order, by the set they are in."""


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
    query = sa.select(ItemSet).where(
        ItemSet.context_id == context_id, ItemSet.gone_at.is_(None)
    )
    sets = session.scalars(query.order_by(ItemSet.position, ItemSet.id)).all()
    rows = session.execute(
        sa.select(ItemInSet.item_set_id, Item.key)
        .join(Item, Item.id == ItemInSet.item_id)
        .where(ItemInSet.context_id == context_id, Item.gone_at.is_(None))
        .order_by(ItemInSet.position)
    )
    keys: dict[int, list[str]] = {}
    for set_id, key in rows:
        keys.setdefault(set_id, []).append(key)
    return [
        SetRow(one.key, one.kind, one.label, one.source, tuple(keys.get(one.id, ())))
        for one in sets
    ]


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
    is. Locks the course; as many statements for many sets as for one. Where anything
    has changed the course is to be looked at again. Raises IntegrityError for an item
    of another course.
    """
    lock_course(session, context.id)
    known = {
        one.key: one
        for one in session.scalars(
            sa.select(ItemSet)
            .where(ItemSet.context_id == context.id)
            .execution_options(populate_existing=True)
        )
    }
    refused = tuple(_refused(source, told, known))
    bad = {one.key for one in refused}
    good = {one.key: one for one in told if one.key not in bad}
    ended = [one for one in known.values() if _is_over(one, source, {*good, *bad})]
    for one in ended:
        one.gone_at = now
    has_changed = _write(session, context.id, source, good, known)
    has_changed = _fill(session, context.id, good, known) or has_changed
    return Walked(len(good), has_changed or bool(ended), refused)


def _is_over(one: ItemSet, source: str, keys: set[str]) -> bool:
    return one.source == source and one.gone_at is None and one.key not in keys


def _refused(
    source: str, told: Iterable[SetTold], known: dict[str, ItemSet]
) -> Iterator[Refused]:
    taken: set[str] = set()
    for one in told:
        row = known.get(one.key)
        if not KEY.fullmatch(one.key):
            yield Refused(one.key, NO_KEY)
        elif one.key in taken:
            yield Refused(one.key, TWICE)
        elif row is not None and row.gone_at is None and row.source != source:
            yield Refused(one.key, f"its key is that of a set which {row.source} tells")
        elif len(set(one.items)) > MOST_ITEMS:
            yield Refused(one.key, TOO_LARGE)
        taken.add(one.key)


def _write(
    session: Session,
    context_id: int,
    source: str,
    told: dict[str, SetTold],
    known: dict[str, ItemSet],
) -> bool:
    """Bring the rows of sets up to date; `known` has all of them after it."""
    for position, one in enumerate(told.values()):
        row = known.get(one.key)
        if row is None:
            row = ItemSet(context_id=context_id, key=one.key)
            known[one.key] = row
            session.add(row)
        row.kind, row.label = one.kind, one.label or one.key
        row.source, row.position, row.gone_at = source, position, None
    has_changed = bool(session.new) or any(map(session.is_modified, known.values()))
    session.flush()
    return has_changed


def _fill(
    session: Session,
    context_id: int,
    told: dict[str, SetTold],
    known: dict[str, ItemSet],
) -> bool:
    """Let sets hold what they are told to; tell whether any held something else."""
    wanted = {
        known[key].id: list(dict.fromkeys(one.items)) for key, one in told.items()
    }
    held = _held(session, context_id)
    changed = {
        set_id: items
        for set_id, items in wanted.items()
        if items != held.get(set_id, [])
    }
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


def _held(session: Session, context_id: int) -> Members:
    query = sa.select(ItemInSet.item_set_id, ItemInSet.item_id).where(
        ItemInSet.context_id == context_id
    )
    held: Members = {}
    for set_id, item in session.execute(query.order_by(ItemInSet.position)):
        held.setdefault(set_id, []).append(item)
    return held
