"""What facts are worth, as who teaches decides it: tried first, then a new version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.rebuilding import rebuild
from gamification.awards.evaluation import grant
from gamification.awards.findings import course_of, listed
from gamification.awards.remaking import Counted, counted
from gamification.awards.statements import UNMET
from gamification.metrics import ALL
from gamification.metrics.weights import ALWAYS, Worth, newest
from gamification.switches import Switch
from models import Award, Context, Earned, Item, Scoring, Standing
from models.locks import lock_course

MOST_WEIGHTS = 200


class WeightRefused(ValueError):
    """What facts are to be worth cannot be; the message says why."""


@dataclass(frozen=True)
class Effect:
    """What other weights would come to at this moment."""

    people: int
    """So many would have other points."""
    up: int
    down: int
    most: int
    """The largest change of anybody's points, in millionths."""
    gains: list[Counted]
    losses: list[Counted]
    """Of badges that take back: the others stay with who has them."""


def save_weights(session: Session, context: Context, worths: Sequence[Worth]) -> bool:
    """Let kinds and items be worth this much; those that are not named stay as they are.

    What differs is a new version. Tells whether anything does. Raises WeightRefused for
    an item that is not there and for one that is named twice. Locks the course; its
    points are to be counted anew.
    """
    lock_course(session, context.id)
    version, known = newest(session, context.id)
    items = _items(session, context.id, worths)
    if len({(worth.kind, worth.item) for worth in worths}) < len(worths):
        raise WeightRefused("weights: a kind, or a kind and an item, is named twice.")
    new = [worth for worth in worths if worth not in known]
    if len({(w.kind, w.item) for w in [*known, *new]}) > MOST_WEIGHTS:
        raise WeightRefused(f"weights: a course has {MOST_WEIGHTS} at most.")
    rows = [
        {
            "context_id": context.id,
            "version": version + 1,
            "kind": worth.kind,
            "item_id": items[worth.item] if worth.item else None,
            "weight": worth.points,
            "daily_cap": worth.daily_cap,
            "effective_from": worth.effective_from or ALWAYS,
        }
        for worth in new
    ]
    if rows:
        # Without it, rows with and without an item would not go together.
        insert = sa.insert(Scoring).execution_options(render_nulls=True)
        session.execute(insert, rows)
    return bool(rows)


def facts_in(session: Session, context_id: int) -> int:
    """Count the facts that would be scored anew."""
    query = sa.select(sa.func.count()).where(Earned.context_id == context_id)
    return session.scalar(query) or 0


def tried(
    session: Session,
    context: Context,
    worths: Sequence[Worth],
    now: datetime,
    *,
    switch: Switch,
) -> Effect:
    """Do all that other weights would do, and say what that is; the edge undoes it.

    Raises what `save_weights` raises. Locks the course.
    """
    lock_course(session, context.id)
    before = _points(session, context.id)
    save_weights(session, context, worths)
    rebuild(session, context, now)
    after = _points(session, context.id)
    changes = [
        after.get(member, 0) - before.get(member, 0) for member in before | after
    ]
    moved = [change for change in changes if change]
    gains, losses = _badges(session, context, now) if switch.on else ([], [])
    return Effect(
        people=len(moved),
        up=sum(change > 0 for change in moved),
        down=sum(change < 0 for change in moved),
        most=max(map(abs, moved), default=0),
        gains=gains,
        losses=losses,
    )


def _items(
    session: Session, context_id: int, worths: Iterable[Worth]
) -> dict[str, int]:
    """Return the ids of the items that are named, by key."""
    named = {worth.item for worth in worths if worth.item}
    if not named:
        return {}
    query = sa.select(Item.key, Item.id).where(
        Item.context_id == context_id, Item.key.in_(named), Item.gone_at.is_(None)
    )
    found = dict(session.execute(query).all())
    for key in sorted(named - found.keys()):
        there = listed(course_of(session, context_id).items)
        raise WeightRefused(f'item: there is no item "{key}"; {there}')
    return found


def _points(session: Session, context_id: int) -> dict[int, int]:
    query = sa.select(Standing.membership_id, Standing.points).where(
        Standing.context_id == context_id, Standing.period == ALL
    )
    return dict(session.execute(query).all())


def _badges(
    session: Session, context: Context, now: datetime
) -> tuple[list[Counted], list[Counted]]:
    look = grant(session, context.id, now)
    gains = counted(session, context.id, look.is_new)
    unmet = (Award.ended_at == now) & (Award.end_reason == UNMET)
    return gains, counted(session, context.id, unmet)
