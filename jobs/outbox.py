"""Work that a transaction wanted done after it, done once and not forgotten."""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

from gamification.activity import request
from jobs.clock import now
from jobs.queue import enqueue
from models import Outbox
from models.db import db
from models.locks import begin_write, retried

LOST_AFTER = timedelta(minutes=30)
"""A row that was taken and is still there: its worker died, or the job failed."""
GIVEN_UP_AFTER = timedelta(days=1)
WAKES = "wakes_the_worker"
LATER_SECONDS = 5
"""What cannot be done now is tried again then, or up to five times later."""

log = logging.getLogger(__name__)


class Later(Exception):
    """A job cannot be done at this moment; it is no failure."""


def wake_after_commit(session: Session | scoped_session[Session]) -> None:
    """Have the worker look at the outbox as soon as this transaction is committed.

    Once, however often it is asked for, and not at all if it is rolled back. A queue
    that cannot be reached costs a minute: then the worker looks by itself.
    """
    here = session() if isinstance(session, scoped_session) else session
    if WAKES not in here.info:
        sa.event.listen(here, "after_commit", _wake)
        sa.event.listen(here, "after_rollback", _let_sleep)
    here.info[WAKES] = True


def _wake(session: Session) -> None:
    if not session.info[WAKES]:
        return
    session.info[WAKES] = False
    _ask_for_a_sweep()


def _ask_for_a_sweep(delay: float = 0) -> None:
    try:
        enqueue("sweep_outbox", delay=delay)
    except Exception:
        log.exception("The queue cannot be reached; the outbox waits a minute.")


def _let_sleep(session: Session) -> None:
    session.info[WAKES] = False


def is_waiting(session: Session, subject_id: int, *jobs: str) -> bool:
    """Tell whether one of these jobs is asked for and was not begun."""
    asked = unfinished(subject_id, *jobs).where(Outbox.taken_at.is_(None))
    return bool(session.scalar(sa.select(asked)))


def unfinished(subject_id: int | InstrumentedAttribute[int], *jobs: str) -> sa.Exists:
    """Hold while one of these jobs is asked for and is not done."""
    return sa.exists().where(Outbox.subject_id == subject_id, Outbox.job.in_(jobs))


def unfinished_now(session: Session, subject_id: int, *jobs: str) -> bool:
    """Tell whether one of these jobs is asked for and is not done."""
    return bool(session.scalar(sa.select(unfinished(subject_id, *jobs))))


def sweep() -> int:
    """Hand every row that is due to a worker; return how many."""
    moment = now()
    rows = take(db.session(), moment)
    for row in rows:
        enqueue("run_outbox", row)
    return len(rows)


def take(session: Session, now: datetime) -> list[int]:
    """Take the rows that are due and commit: nobody else gets them."""
    is_due = sa.and_(Outbox.taken_at.is_(None), Outbox.due_at <= now)
    is_lost = Outbox.taken_at < now - LOST_AFTER
    wanted = sa.or_(is_due, is_lost)
    if session.scalar(sa.select(Outbox.id).where(wanted).limit(1)) is None:
        session.rollback()
        return []
    session.rollback()

    def mark() -> list[int]:
        begin_write(session)
        taken = session.scalars(
            sa.update(Outbox).where(wanted).values(taken_at=now).returning(Outbox.id)
        ).all()
        session.commit()
        return sorted(taken)

    return retried(session, mark)


def run(row_id: int, jobs: Mapping[str, Callable[[int], object]]) -> None:
    """Do what a taken row says and delete it; one that fails is tried again.

    Raises what the job raises. After a day of failures the row is deleted. A job
    that says Later waits anew, and whoever asks meanwhile asks for the same.
    """
    session = db.session()
    row = session.get(Outbox, row_id)
    if row is None:
        return
    job, subject_id, created_at = row.job, row.subject_id, row.created_at
    session.rollback()
    again = None
    try:
        jobs[job](subject_id)
    except Later:
        pause = LATER_SECONDS + secrets.randbelow(4 * LATER_SECONDS)
        again = partial(
            request,
            job=job,
            subject_id=subject_id,
            due_at=now() + timedelta(seconds=pause),
            now=created_at,
        )
        # After it is due: one that comes before finds nothing, and then a minute goes.
        _ask_for_a_sweep(delay=pause + 1)
    except Exception:
        session.rollback()
        if now() - created_at < GIVEN_UP_AFTER:
            raise
        log.exception("Gave up %s of %s after a day.", job, subject_id)
    _delete(session, row_id, again)


def _delete(
    session: Session, row_id: int, again: Callable[[Session], None] | None
) -> None:
    def delete() -> None:
        begin_write(session)
        session.execute(sa.delete(Outbox).where(Outbox.id == row_id))
        if again:
            again(session)
        session.commit()

    # A job may leave a reader behind, and SQLite cannot turn an old one into a writer.
    session.rollback()
    retried(session, delete)
