"""Keeping `earned` in step with the log, fact by fact."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.ledger import ENTRY, Appended
from gamification.activity.scoring import (
    UNPAID,
    Course,
    Entry,
    Scored,
    capped,
    course_of,
)
from gamification.metrics import keys_of
from gamification.standings.upkeep import NOTHING, Key, Totals
from models import Context, Contribution, Earned


def earn(session: Session, context: Context, appended: Appended) -> dict[Key, Totals]:
    """Score what is new in the log and unscore what was superseded.

    Returns what that adds to each member's standing in each period.
    """
    if all(entry.kind in UNPAID for entry in appended.entries):
        return {}
    course = course_of(session, context)
    lost = _lost(session, course, appended.superseded)
    fresh = list(filter(None, map(course.scored, appended.entries)))
    peers = _peers(session, course, [*lost, *fresh], without=appended.superseded)
    settled = capped([*peers, *fresh])
    known = {peer.entry.id: peer for peer in peers}
    added = [s for s in settled if s.entry.id not in known]
    repriced = [s for s in settled if known.get(s.entry.id, s).points != s.points]
    _delete(session, lost)
    write(session, context.id, added)
    _reprice(session, repriced)
    return changes_of(
        plus=[*added, *repriced],
        minus=[*lost, *(known[s.entry.id] for s in repriced)],
    )


def changes_of(
    *, plus: Iterable[Scored], minus: Iterable[Scored] = ()
) -> dict[Key, Totals]:
    """Add facts up by member and period; what changes nothing is left out."""
    days: dict[tuple[int, date], Totals] = defaultdict(Totals)
    for scored in plus:
        days[scored.entry.membership_id, scored.day] += scored.totals
    for scored in minus:
        days[scored.entry.membership_id, scored.day] += -scored.totals
    periods: dict[Key, Totals] = defaultdict(Totals)
    for (member, day), totals in days.items():
        for period in keys_of(day):
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
    return _earned(session, course, Earned.contribution_id.in_(superseded))


def _peers(
    session: Session,
    course: Course,
    touched: Iterable[Scored],
    *,
    without: Collection[int],
) -> list[Scored]:
    """Return the known facts that share a daily cap with those touched."""
    groups = {s.cap_group for s in touched if s.weight.daily_cap is not None}
    if not groups:
        return []
    among = _earned(
        session,
        course,
        Earned.membership_id.in_({member for member, _, _ in groups}),
        Earned.kind.in_({weight.kind for _, _, weight in groups}),
        Earned.day.in_({day for _, day, _ in groups}),
        Earned.contribution_id.not_in(without),
    )
    return [scored for scored in among if scored.cap_group in groups]


def _earned(
    session: Session, course: Course, *conditions: sa.ColumnElement[bool]
) -> list[Scored]:
    rows = session.execute(
        sa.select(Earned.day, Earned.points, *ENTRY)
        .join(Earned, Earned.contribution_id == Contribution.id)
        .where(*conditions)
    )
    return [_scored(course, *row) for row in rows]


def _scored(course: Course, day: date, points: int, *columns: Any) -> Scored:  # noqa: ANN401 -- the columns of an Entry
    entry = Entry(*columns)
    weight = course.weight_of(entry)
    if weight is None:
        raise LookupError(f"Contribution {entry.id} is earned without a weight.")
    return Scored(entry, weight, day, points)


def _columns(context_id: int, scored: Scored) -> dict[str, Any]:
    entry = scored.entry
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
