"""Keeping totals and histograms in step with what was earned, without counting anew."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT
from gamification.standings.audience import (
    AUDIENCES,
    NONE,
    PARTICIPANTS,
    audience_column,
)
from gamification.standings.freezing import freeze, is_frozen
from gamification.standings.histogram import Place, recount, shift
from gamification.standings.showing import mark, settle
from models import Context, Membership, Standing
from models.locks import lock_course
from models.portable import pairs_in
from models.upsert import insert

Key = tuple[int, str]
"""A membership and a period."""


@dataclass(frozen=True)
class Totals:
    """What a standing adds up, or what is to be added to one."""

    points: int = 0
    """In millionths."""
    events: int = 0
    completed: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.points + other.points,
            self.events + other.events,
            self.completed + other.completed,
        )

    def __neg__(self) -> "Totals":
        return Totals(-self.points, -self.events, -self.completed)


NOTHING = Totals()


@dataclass(frozen=True)
class _Row:
    totals: Totals
    audience: str
    updated_at: datetime


_Rows = dict[Key, _Row]


def move(
    session: Session,
    context: Context,
    changes: Mapping[Key, Totals],
    now: datetime,
) -> None:
    """Add changes to standings and histograms; the caller has locked the course.

    A handful of statements, whatever the number of changes. What falls into a frozen
    period changes nothing there.
    """
    if not changes:
        return
    freeze(session, context, now)
    frozen = {key for key in {key for _, key in changes} if is_frozen(context, key)}
    changes = {key: change for key, change in changes.items() if key[1] not in frozen}
    if not changes:
        return
    members = {member for member, _ in changes}
    before = _rows_of(session, context, members, {period for _, period in changes})
    audiences = _audiences(session, context, members)
    after = {
        key: _Row(
            change + (before[key].totals if key in before else NOTHING),
            audiences.get(key[0], NONE),
            now,
        )
        for key, change in sorted(changes.items())
    }
    _write(
        session, context, {key: before[key] for key in after if key in before}, after
    )


def refresh(
    session: Session, context: Context, members: Collection[int] | None = None
) -> None:
    """Count people where they belong now, without members those of the whole course.

    To be called when a role, a status, a consent or the participation changed.
    """
    lock_course(session, context.id)
    session.flush()
    if members is None:
        _refresh_all(session, context)
        return
    audiences = _audiences(session, context, members)
    before = _rows_of(session, context, members)
    after = {
        key: replace(row, audience=audiences.get(key[0], NONE))
        for key, row in before.items()
    }
    changed = {key: row for key, row in after.items() if row != before[key]}
    _write(session, context, {key: before[key] for key in changed}, changed)


def totals_of(
    session: Session, context: Context, members: Collection[int]
) -> dict[Key, Totals]:
    """Return what is added up for some members, in every period."""
    rows = _rows_of(session, context, members)
    return {key: row.totals for key, row in rows.items()}


def _refresh_all(session: Session, context: Context) -> None:
    truth = (
        sa.select(audience_column(context))
        .where(Membership.id == Standing.membership_id)
        .scalar_subquery()
    )
    stale = (Standing.context_id == context.id, Standing.audience != truth)
    updated = session.execute(
        sa.update(Standing)
        .where(*stale)
        .values(audience=truth)
        .returning(Standing.membership_id)
        .execution_options(synchronize_session=False)
    )
    if updated.first() is not None:
        recount(session, context.id)
        settle(session, context)


def _audiences(
    session: Session, context: Context, members: Collection[int]
) -> dict[int, str]:
    rows = session.execute(
        sa.select(Membership.id, audience_column(context)).where(
            Membership.context_id == context.id, Membership.id.in_(members)
        )
    )
    return dict(rows.all())


def _rows_of(
    session: Session,
    context: Context,
    members: Collection[int],
    periods: Collection[str] | None = None,
) -> _Rows:
    query = sa.select(
        Standing.membership_id,
        Standing.period,
        Standing.points,
        Standing.events,
        Standing.completed,
        Standing.audience,
        Standing.updated_at,
    ).where(Standing.context_id == context.id, Standing.membership_id.in_(members))
    if periods is not None:
        query = query.where(Standing.period.in_(periods))
    return {
        (row.membership_id, row.period): _Row(
            Totals(row.points, row.events, row.completed), row.audience, row.updated_at
        )
        for row in session.execute(query)
    }


def _write(session: Session, context: Context, before: _Rows, after: _Rows) -> None:
    """Write the rows and move the people; a standing of nothing is no row."""
    kept = {key: row for key, row in after.items() if row.totals != NOTHING}
    gone = before.keys() - kept.keys()
    if kept:
        _upsert(session, context.id, kept)
    if gone:
        _delete(session, context.id, gone)
    people = _places(kept)
    people.subtract(_places(before))
    shift(session, context.id, people)
    come = _participants(kept)
    mark(session, context, come=come, gone=_participants(before) - come)


def _participants(rows: _Rows) -> set[Key]:
    return {key for key, row in rows.items() if row.audience == PARTICIPANTS}


def _places(rows: _Rows) -> Counter[Place]:
    return Counter(
        (period, audience, row.totals.points // POINT)
        for (_, period), row in rows.items()
        for audience in AUDIENCES[row.audience]
    )


def _upsert(session: Session, context_id: int, rows: _Rows) -> None:
    statement = insert(session, Standing)
    changing = ("points", "events", "completed", "audience", "updated_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["context_id", "period", "membership_id"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        [
            {
                "context_id": context_id,
                "membership_id": member,
                "period": period,
                "points": row.totals.points,
                "events": row.totals.events,
                "completed": row.totals.completed,
                "audience": row.audience,
                "updated_at": row.updated_at,
            }
            for (member, period), row in rows.items()
        ],
    )


def _delete(session: Session, context_id: int, keys: Collection[Key]) -> None:
    session.execute(
        sa.delete(Standing)
        .where(
            Standing.context_id == context_id,
            pairs_in(Standing.membership_id, Standing.period, keys),
        )
        .execution_options(synchronize_session=False)
    )
