"""Boards move in batches, so that nobody is seen to act.

Whoever sees somebody hand something in, and an alias gain points the next moment, knows
who that is; on a board of names everybody who did not agree to theirs is an alias, too.
So an open board shows the others as they were at the last batch: a minute ago or more,
and at least three people moved at once. One's own row is always as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT, day_of
from gamification.standings.audience import SHOWN
from gamification.standings.batches import (
    Key,
    Waiting,
    badges_held,
    participants,
    reads_otherwise,
    same_row,
    waiting_rows,
)
from gamification.standings.freezing import frozen_rows, is_frozen
from gamification.standings.histogram import Place, recount_shown, shift
from gamification.standings.news import announce
from models import Context, ShownStanding, Standing
from models.locks import lock_course
from models.portable import pairs_in
from models.upsert import found_first, insert

PAUSE = timedelta(seconds=60)
FEWEST_CHANGED = 3
AT_ONCE = 2000
"""Of more rows than that whole periods are shown anew, by the worker."""


def follow(session: Session, context: Context, now: datetime) -> None:
    """Begin to keep the others' rows apart, or end it, as the board is set up now."""
    is_wanted = context.board_enabled
    if is_wanted == (context.board_shown_at is not None):
        return
    lock_course(session, context.id)
    if is_wanted:
        _show_anew(session, context, now)
    else:
        context.board_shown_at = None
        _forget(session, context, sa.true())
        recount_shown(session, context.id)


def mark(
    session: Session, context: Context, *, come: Iterable[Key], gone: Collection[Key]
) -> None:
    """Note whose rows have changed, to be shown in time; who is gone is gone at once."""
    if context.board_shown_at is None:
        return
    rows = [
        {"context_id": context.id, "membership_id": member, "period": period}
        for member, period in come
        if not is_frozen(context, period)
    ]
    if rows:
        statement = insert(session, ShownStanding).on_conflict_do_update(
            index_elements=["context_id", "period", "membership_id"],
            set_={"is_waiting": True},
        )
        zeros = {"completed": 0, "badges": 0, "is_waiting": True}
        session.execute(statement, [row | zeros for row in rows])
    if gone:
        _take_out(session, context, gone)


def doubt(session: Session, context: Context) -> None:
    """Let every row be looked at with the next batch, after a course was rebuilt."""
    if context.board_shown_at is not None:
        session.execute(
            sa.update(ShownStanding)
            .where(ShownStanding.context_id == context.id)
            .values(is_waiting=True)
            .execution_options(synchronize_session=False)
        )


def settle(session: Session, context: Context) -> None:
    """Show those alone who are participants now; who is new waits for a batch."""
    if context.board_shown_at is None:
        return
    theirs = participants(context)
    known = sa.select(ShownStanding.membership_id).where(
        ShownStanding.context_id == Standing.context_id, *same_row()
    )
    still = sa.exists().where(*theirs, *same_row())
    _forget(session, context, ~still)
    new = sa.select(
        *(Standing.context_id, Standing.period, Standing.membership_id),
        *(sa.literal(0), sa.literal(0), sa.true()),
    ).where(*theirs, ~known.exists())
    columns = ["context_id", "period", "membership_id"]
    columns += ["completed", "badges", "is_waiting"]
    dialect = session.get_bind().dialect.name
    session.execute(
        sa.insert(ShownStanding).from_select(columns, found_first(dialect, new))
    )
    recount_shown(session, context.id)


def show(
    session: Session, context: Context, now: datetime, *, many: bool = False
) -> bool:
    """Show what changed in each period, if it is time and three people or more did.

    More than `AT_ONCE` rows are left to who asks for `many`: nobody's own request is to
    wait for them. Tells whether anything was shown. The caller has locked the course.
    """
    last = context.board_shown_at
    if last is None or now < last + PAUSE:
        return False
    waiting = waiting_rows(session, context, now, most=AT_ONCE + 1)
    if len(waiting) > AT_ONCE:
        return many and _show_many(session, context, now)
    periods: dict[str, list[Waiting]] = defaultdict(list)
    for row in waiting:
        periods[row.key[1]].append(row)
    batch = [row for rows in periods.values() if _is_enough(rows) for row in rows]
    if not batch:
        return False
    if day_of(last, context.zone) < day_of(now, context.zone):
        _forget(session, context, frozen_rows(context, ShownStanding.period))
        recount_shown(session, context.id)
    _publish(session, context, batch)
    context.board_shown_at = now
    session.flush()
    announce(session, context.id, now)
    return True


def due_boards(session: Session, now: datetime) -> list[int]:
    """Return the courses where a batch may be due, or the board was set up anew."""
    waits = sa.exists().where(
        ShownStanding.context_id == Context.id, ShownStanding.is_waiting
    )
    is_due = sa.and_(Context.board_shown_at <= now - PAUSE, waits)
    is_kept = Context.board_shown_at.is_not(None)
    query = sa.select(Context.id).where(
        sa.or_(is_due, Context.board_enabled != is_kept)
    )
    return list(session.scalars(query.order_by(Context.id)))


def _show_many(session: Session, context: Context, now: datetime) -> bool:
    """Show whole periods in which three people or more read otherwise than before."""
    live = sa.and_(*participants(context), *same_row())
    people = sa.func.sum(sa.case((reads_otherwise(context, now), 1), else_=0))
    periods = session.scalars(
        sa.select(ShownStanding.period)
        .select_from(ShownStanding)
        .outerjoin(Standing, live)
        .where(ShownStanding.context_id == context.id, ShownStanding.is_waiting)
        .group_by(ShownStanding.period)
        .having(people >= FEWEST_CHANGED)
    ).all()
    if not periods:
        return False
    _forget(session, context, frozen_rows(context, ShownStanding.period))
    _show_anew(session, context, now, periods)
    announce(session, context.id, now)
    return True


def _is_enough(rows: Collection[Waiting]) -> bool:
    return sum(row.is_another for row in rows) >= FEWEST_CHANGED


def _show_anew(
    session: Session,
    context: Context,
    now: datetime,
    periods: Collection[str] | None = None,
) -> None:
    """Let everybody read open periods as they are: some of them, or all."""
    session.flush()
    shown, live = (
        sa.true() if periods is None else table.period.in_(periods)
        for table in (ShownStanding, Standing)
    )
    _forget(session, context, shown)
    rows = sa.select(
        *(Standing.context_id, Standing.period, Standing.membership_id),
        *(Standing.points, Standing.completed, Standing.updated_at),
        *(badges_held(now), sa.false()),
    ).where(*participants(context), live)
    columns = ["context_id", "period", "membership_id"]
    columns += ["points", "completed", "updated_at", "badges", "is_waiting"]
    session.execute(sa.insert(ShownStanding).from_select(columns, rows))
    recount_shown(session, context.id)
    context.board_shown_at = now
    session.flush()


def _publish(session: Session, context: Context, batch: Collection[Waiting]) -> None:
    people: Counter[Place] = Counter()
    rows = []
    for row in batch:
        member, period = row.key
        if row.shown is not None:
            people[period, SHOWN, row.shown.points // POINT] -= 1
        if row.live is not None:
            people[period, SHOWN, row.live.points // POINT] += 1
            rows.append(
                {
                    "context_id": context.id,
                    "period": period,
                    "membership_id": member,
                    "points": row.live.points,
                    "completed": row.live.completed,
                    "badges": row.live.badges,
                    "updated_at": row.live.updated_at,
                    "is_waiting": False,
                }
            )
    if rows:
        session.execute(sa.update(ShownStanding), rows)
    if gone := [row.key for row in batch if row.live is None]:
        _forget(session, context, _among(gone))
    shift(session, context.id, people)


def _take_out(session: Session, context: Context, gone: Collection[Key]) -> None:
    rows = session.execute(
        sa.select(ShownStanding.period, ShownStanding.points).where(
            ShownStanding.context_id == context.id, _among(gone)
        )
    )
    people: Counter[Place] = Counter()
    for period, points in rows:
        if points is not None:
            people[period, SHOWN, points // POINT] -= 1
    _forget(session, context, _among(gone))
    shift(session, context.id, people)


def _among(keys: Collection[Key]) -> sa.ColumnElement[bool]:
    return pairs_in(ShownStanding.membership_id, ShownStanding.period, keys)


def _forget(session: Session, context: Context, which: sa.ColumnElement[bool]) -> None:
    session.execute(
        sa.delete(ShownStanding)
        .where(ShownStanding.context_id == context.id, which)
        .execution_options(synchronize_session=False)
    )
