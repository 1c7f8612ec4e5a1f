"""Known facts whose points hang on others': a day's cap, and results on one item."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.ledger import ENTRY
from gamification.activity.scoring import Course, Entry, Scored
from models import Contribution, Earned
from models.portable import pairs_in

Pairs = set[tuple[int, int]]


def peers_of(
    session: Session,
    course: Course,
    touched: Iterable[Scored],
    without: Collection[int],
) -> tuple[list[Scored], list[Scored]]:
    """Return the known facts whose points may change, and those they hang on.

    They share a daily cap, or an item's results, with those touched; the contributions
    `without` are superseded. The second list is empty unless results are capped.
    """
    touched = list(touched)
    pairs = _pairs(touched)
    results = _results(session, course, pairs, without)
    days = _sharing_a_cap(session, course, [*touched, *results], without)
    peers = {one.entry.id: one for one in (*results, *days)}
    beside = _results(session, course, _pairs(days) - pairs, without)
    return list(peers.values()), [one for one in beside if one.entry.id not in peers]


def earned(
    session: Session, course: Course, *conditions: sa.ColumnElement[bool]
) -> list[Scored]:
    """Return known facts, each with the points it has."""
    rows = session.execute(
        sa.select(Earned.day, Earned.points, *ENTRY)
        .join(Earned, Earned.contribution_id == Contribution.id)
        .where(*conditions)
    )
    return [_scored(course, *row) for row in rows]


def _pairs(facts: Iterable[Scored]) -> Pairs:
    return {one.result_group for one in facts if one.result_group is not None}


def _results(
    session: Session, course: Course, pairs: Pairs, without: Collection[int]
) -> list[Scored]:
    """Return what members were graded on items so far."""
    if not pairs:
        return []
    return earned(
        session,
        course,
        Earned.kind == "graded",
        pairs_in(Earned.membership_id, Earned.item_id, pairs),
        Earned.contribution_id.not_in(without),
    )


def _sharing_a_cap(
    session: Session,
    course: Course,
    touched: Iterable[Scored],
    without: Collection[int],
) -> list[Scored]:
    """Return the known facts that share a daily cap with some."""
    groups = {s.cap_group for s in touched if s.weight.daily_cap is not None}
    if not groups:
        return []
    among = earned(
        session,
        course,
        Earned.membership_id.in_({member for member, _, _ in groups}),
        Earned.kind.in_({weight.kind for _, _, weight in groups}),
        Earned.day.in_({day for _, day, _ in groups}),
        Earned.contribution_id.not_in(without),
    )
    return [scored for scored in among if scored.cap_group in groups]


def _scored(course: Course, day: date, points: int, *columns: Any) -> Scored:  # noqa: ANN401 -- the columns of an Entry
    entry = Entry(*columns)
    weight = course.weight_of(entry)
    if weight is None:
        raise LookupError(f"Contribution {entry.id} is earned without a weight.")
    return Scored(entry, weight, day, points)
