"""Boards of aliases: the others' rows move in batches, so that nobody is seen to act.

Whoever hands something in and sees an alias gain points the next moment knows who that
is. So an open board shows the others as they were at the last batch: a minute ago or
more, and at least three people moved at once. One's own row is always as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT, day_of
from gamification.metrics.awarded import is_open
from gamification.standings.audience import PARTICIPANTS, SHOWN
from gamification.standings.freezing import frozen_rows, is_frozen
from gamification.standings.histogram import Place, recount_shown, shift
from gamification.standings.news import announce
from models import Award, Context, ShownStanding, Standing
from models.locks import lock_course
from models.upsert import insert

PAUSE = timedelta(seconds=60)
FEWEST_CHANGED = 3
AT_ONCE = 2000
"""Of more rows than that the whole board is shown anew."""
Key = tuple[int, str]
"""A membership and a period."""


@dataclass(frozen=True)
class _Read:
    """What others read in a row."""

    points: int
    completed: int
    badges: int
    updated_at: datetime

    @property
    def visible(self) -> tuple[int, int, int, datetime]:
        hour = self.updated_at.replace(minute=0, second=0, microsecond=0)
        return self.points // POINT, self.completed, self.badges, hour


@dataclass(frozen=True)
class _Waiting:
    """A row that may be old: what is read now, and what there is to read."""

    key: Key
    shown: _Read | None
    live: _Read | None

    @property
    def is_another(self) -> bool:
        if self.shown is None or self.live is None:
            return self.shown is not self.live
        return self.shown.visible != self.live.visible


def follow(session: Session, context: Context, now: datetime) -> None:
    """Begin to keep the others' rows apart, or end it, as the board is set up now."""
    is_wanted = context.board_enabled and context.board_identity == "alias"
    if is_wanted == (context.board_shown_at is not None):
        return
    lock_course(session, context.id)
    if is_wanted:
        _show_everything(session, context, now)
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
    theirs = _participants(context)
    known = sa.select(ShownStanding.membership_id).where(
        ShownStanding.context_id == Standing.context_id,
        ShownStanding.period == Standing.period,
        ShownStanding.membership_id == Standing.membership_id,
    )
    still = sa.exists().where(
        *theirs,
        Standing.period == ShownStanding.period,
        Standing.membership_id == ShownStanding.membership_id,
    )
    _forget(session, context, ~still)
    new = sa.select(
        *(Standing.context_id, Standing.period, Standing.membership_id),
        *(sa.literal(0), sa.literal(0), sa.true()),
    ).where(*theirs, ~known.exists())
    columns = ["context_id", "period", "membership_id"]
    columns += ["completed", "badges", "is_waiting"]
    session.execute(sa.insert(ShownStanding).from_select(columns, new))
    recount_shown(session, context.id)


def show(session: Session, context: Context, now: datetime) -> bool:
    """Show what changed in each period, if it is time and three people or more did.

    Tells whether anything was shown. The caller has locked the course.
    """
    last = context.board_shown_at
    if last is None or now < last + PAUSE:
        return False
    waiting = _waiting(session, context, now)
    if len(waiting) > AT_ONCE:
        _show_everything(session, context, now)
        announce(session, context.id, now)
        return True
    periods: dict[str, list[_Waiting]] = defaultdict(list)
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
    is_batched = sa.and_(Context.board_enabled, Context.board_identity == "alias")
    is_due = sa.and_(Context.board_shown_at <= now - PAUSE, waits)
    is_kept = Context.board_shown_at.is_not(None)
    query = sa.select(Context.id).where(sa.or_(is_due, is_batched != is_kept))
    return list(session.scalars(query.order_by(Context.id)))


def _is_enough(rows: Collection[_Waiting]) -> bool:
    return sum(row.is_another for row in rows) >= FEWEST_CHANGED


def _participants(context: Context) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Standing.context_id == context.id,
        Standing.audience == PARTICIPANTS,
        ~frozen_rows(context, Standing.period),
    )


def _badges(now: datetime) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .where(Award.membership_id == Standing.membership_id, is_open(now))
        .correlate(Standing)
        .scalar_subquery()
    )


def _show_everything(session: Session, context: Context, now: datetime) -> None:
    """Let everybody read all open periods as they are."""
    session.flush()
    _forget(session, context, sa.true())
    rows = sa.select(
        *(Standing.context_id, Standing.period, Standing.membership_id),
        *(Standing.points, Standing.completed, Standing.updated_at),
        *(_badges(now), sa.false()),
    ).where(*_participants(context))
    columns = ["context_id", "period", "membership_id"]
    columns += ["points", "completed", "updated_at", "badges", "is_waiting"]
    session.execute(sa.insert(ShownStanding).from_select(columns, rows))
    recount_shown(session, context.id)
    context.board_shown_at = now
    session.flush()


def _waiting(session: Session, context: Context, now: datetime) -> list[_Waiting]:
    live = sa.and_(
        *_participants(context),
        Standing.period == ShownStanding.period,
        Standing.membership_id == ShownStanding.membership_id,
    )
    columns = (Standing.points, Standing.completed, _badges(now), Standing.updated_at)
    rows = session.execute(
        sa.select(
            ShownStanding.membership_id,
            ShownStanding.period,
            *(ShownStanding.points, ShownStanding.completed),
            *(ShownStanding.badges, ShownStanding.updated_at),
            *columns,
        )
        .select_from(ShownStanding)
        .outerjoin(Standing, live)
        .where(ShownStanding.context_id == context.id, ShownStanding.is_waiting)
        .limit(AT_ONCE + 1)
    )
    return [
        _Waiting(
            (member, period),
            None if values[0] is None else _Read(*values[:4]),
            None if values[4] is None else _Read(*values[4:]),
        )
        for member, period, *values in rows
    ]


def _publish(session: Session, context: Context, batch: Collection[_Waiting]) -> None:
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
    pair = sa.tuple_(ShownStanding.membership_id, ShownStanding.period)
    return pair.in_(sorted(keys))


def _forget(session: Session, context: Context, which: sa.ColumnElement[bool]) -> None:
    session.execute(
        sa.delete(ShownStanding)
        .where(ShownStanding.context_id == context.id, which)
        .execution_options(synchronize_session=False)
    )
