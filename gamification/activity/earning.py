"""Keeping `earned` in step with the log, fact by fact."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.ledger import Appended
from gamification.activity.peers import earned, peers_of
from gamification.activity.scoring import (
    Course,
    Scored,
    course_of,
    settled,
)
from gamification.metrics import keys_of
from gamification.metrics.periods import Days
from gamification.metrics.weights import TIME, UNCOUNTED
from gamification.standings.upkeep import NOTHING, Key, Totals
from models import Context, Earned


def earn(session: Session, context: Context, appended: Appended) -> dict[Key, Totals]:
    """Score what is new in the log and unscore what was superseded.

    Returns what that adds to each member's standing in each period.
    """
    if all(entry.kind in UNCOUNTED for entry in appended.entries):
        return {}
    course = course_of(session, context)
    lost = _lost(session, course, appended.superseded)
    fresh = list(filter(None, map(course.scored, appended.entries)))
    peers, beside = peers_of(session, course, [*lost, *fresh], appended.superseded)
    final = settled([*peers, *fresh], beside)
    known = {peer.entry.id: peer for peer in peers}
    added = [s for s in final if s.entry.id not in known]
    repriced = [s for s in final if known.get(s.entry.id, s).points != s.points]
    _delete(session, lost)
    write(session, context.id, added)
    _reprice(session, repriced)
    return changes_of(
        plus=[*added, *repriced],
        minus=[*lost, *(known[s.entry.id] for s in repriced)],
        term=context.ranked_term,
    )


def changes_of(
    *, plus: Iterable[Scored], minus: Iterable[Scored] = (), term: Days = (None, None)
) -> dict[Key, Totals]:
    """Add facts up by member and period; what changes nothing is left out."""
    days = defaultdict[tuple[int, date], Totals](Totals)
    for scored in plus:
        days[scored.entry.membership_id, scored.day] += scored.totals
    for scored in minus:
        days[scored.entry.membership_id, scored.day] += -scored.totals
    periods: dict[Key, Totals] = defaultdict(Totals)
    for (member, day), totals in days.items():
        for period in keys_of(day, term):
            periods[member, period] += totals
    return {key: totals for key, totals in periods.items() if totals != NOTHING}


def write(session: Session, context_id: int, facts: Iterable[Scored]) -> None:
    """Insert facts that are not in `earned` yet."""
    rows = [_columns(context_id, scored) for scored in facts]
    if rows:
        # Without it, rows with and without a score would not go together.
        session.execute(sa.insert(Earned).execution_options(render_nulls=True), rows)


def _lost(session: Session, course: Course, superseded: list[int]) -> list[Scored]:
    """Return what was earned by facts that are no longer current."""
    if not superseded:
        return []
    return earned(session, course, Earned.contribution_id.in_(superseded))


def _columns(context_id: int, scored: Scored) -> dict[str, Any]:
    entry = scored.entry
    seconds = entry.seconds if entry.kind == TIME.kind else None
    return {
        "contribution_id": entry.id,
        "context_id": context_id,
        "membership_id": entry.membership_id,
        "item_id": entry.item_id,
        "kind": entry.kind,
        "status": entry.status,
        "points": scored.points,
        "score": entry.score,
        "maximum": entry.maximum,
        "seconds": seconds or 0,
        "day": scored.day,
        "occurred_at": entry.occurred_at,
    }


def _delete(session: Session, facts: Iterable[Scored]) -> None:
    ids = [scored.entry.id for scored in facts]
    if ids:
        session.execute(
            sa.delete(Earned)
            .where(Earned.contribution_id.in_(ids))
            .execution_options(synchronize_session=False)
        )


def _reprice(session: Session, facts: Iterable[Scored]) -> None:
    rows = [{"contribution_id": s.entry.id, "points": s.points} for s in facts]
    if rows:
        session.execute(sa.update(Earned), rows)
