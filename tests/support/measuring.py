"""What learners have, asked as every badge asks it: by the columns of its conditions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame, Ruled, measured
from gamification.catalog import Criterion
from gamification.metrics import Scope
from gamification.metrics.scopes import EVERYTHING
from tests.support.clock import NOW

Found = dict[int, tuple[bool, int]]
"""Whether each member meets a condition, and the number that says so."""


def values(
    session: Session,
    context_id: int,
    metric: str,
    members: Sequence[int] | None = None,
    *,
    scope: Scope = EVERYTHING,
) -> dict[int, int]:
    """Return a flat metric by membership, in its unit; who is not there has none."""
    leaf = {"metric": metric, "at_least": 1}
    found = asked(session, context_id, leaf, scope=scope, members=members)
    return defaultdict(int, {member: shown for member, (_, shown) in found.items()})


def percents(session: Session, context_id: int, item_id: int) -> dict[int, int]:
    """Return each member's best percent on an item, rounded down."""
    leaf = {"metric": "percent", "at_least": 0}
    found = asked(session, context_id, leaf, scope=Scope((item_id,)))
    return {member: shown for member, (_, shown) in found.items()}


def averages(
    session: Session,
    context_id: int,
    items: Sequence[int],
    *,
    scope: Scope = EVERYTHING,
) -> dict[int, int]:
    """Return each member's average percent, rounded down; of excuses there is none."""
    leaf = {"metric": "average_percent", "at_least": 0}
    of_items = Scope(tuple(items), scope.days, scope.on_time)
    found = asked(session, context_id, leaf, scope=of_items)
    return {member: shown for member, (is_met, shown) in found.items() if is_met}


def reaching(
    session: Session, context_id: int, item_id: int, **bounds: float | Decimal
) -> set[int]:
    """Return who meets a percent on an item, such as `at_least=80`."""
    leaf = {"metric": "percent", **{name: float(one) for name, one in bounds.items()}}
    found = asked(session, context_id, leaf, scope=Scope((item_id,)))
    return {member for member, (is_met, _) in found.items() if is_met}


def weekly_streaks(session: Session, context_id: int) -> dict[int, int]:
    """Return each member's best streak in weeks."""
    found = asked(session, context_id, {"metric": "streak_weeks", "at_least": 1})
    return {member: shown for member, (_, shown) in found.items()}


def asked(
    session: Session,
    context_id: int,
    leaf: dict[str, Any],
    *,
    scope: Scope = EVERYTHING,
    members: Iterable[int] | None = None,
) -> Found:
    """Ask what members have of a condition on the facts of a scope."""
    rule = {"all": [leaf | _said(scope)]}
    frame = Frame(
        context_id=context_id,
        now=NOW,
        today=NOW.date(),
        term=(None, None),
        items={_key(item): item for item in scope.items or ()},
        members=None if members is None else tuple(members),
    )
    question = measured(Ruled(Criterion.from_json(rule)), frame).query
    return {
        member: (bool(is_met), shown)
        for member, is_met, shown in session.execute(question)
    }


def _said(scope: Scope) -> dict[str, Any]:
    """Return a scope as a condition says it; an item that is not there is of none."""
    days = {
        name: day for name, day in zip(("from", "to"), scope.days, strict=True) if day
    }
    said: dict[str, Any] = {"on_time": scope.on_time, **days}
    if scope.items is None:
        return said
    keys = [_key(item) for item in scope.items] or ["not-there"]
    return said | ({"item": keys[0]} if len(keys) == 1 else {"items": keys})


def _key(item_id: int) -> str:
    return f"item-{item_id}"
