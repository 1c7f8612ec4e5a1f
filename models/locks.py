"""Who may write now: one writer a course on PostgreSQL, one writer on SQLite."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

COURSE_LOCK = 0x1A07E1  # the namespaces of our advisory locks
TENANT_LOCK = 0x1A07E2
AUDIT_LOCK = 0x1A07E3
BROKEN_OFF = ("40001", "40P01")
"""PostgreSQL's words for: for another's sake; do it again, all of it."""
PAUSES = (20, 100, 500)
"""In milliseconds; each is lengthened by up to its double, so that two part."""

Result = TypeVar("Result")


class Busy(Exception):
    """Others write at this moment; it is no failure."""


def retried(session: Session, work: Callable[[], Result]) -> Result:
    """Do a whole transaction, and again where the database broke it off.

    `work` begins the transaction and ends it, and leaves nothing behind outside it
    until it is committed. Two that wait for each other (a deadlock), or cannot both
    be, are told so on PostgreSQL; the fourth time it is raised.
    """
    for pause in PAUSES:
        try:
            return work()
        except sa.exc.DBAPIError as error:
            if not _is_broken_off(error):
                raise
            session.rollback()
        time.sleep((pause + secrets.randbelow(pause)) / 1000)
    return work()


@contextmanager
def in_one_try() -> Iterator[None]:
    """Raise Busy where the database breaks a transaction off for another's sake.

    For what cannot be done again by itself, as `retried` does.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        if not _is_broken_off(error):
            raise
        raise Busy from error


def begin_write(session: Session) -> None:
    """Begin the transaction as a writer; call it before the first read.

    SQLite cannot turn a reader whose view is old into a writer, so it must know
    from the start. A transaction that has begun already is left as it is.
    """
    if session.get_bind().dialect.name == "sqlite" and not session.in_transaction():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def unless_busy(session: Session, wait_ms: int, work: Callable[[], Result]) -> Result:
    """Do a transaction that `work` commits, without waiting longer for other writers.

    Raises Busy, and nothing is written, where they take longer.
    """
    try:
        if session.get_bind().dialect.name == "sqlite":
            options = {"sqlite_begin": "IMMEDIATE", "sqlite_wait_ms": wait_ms}
            session.connection(execution_options=options)
        else:
            session.execute(sa.text(f"SET LOCAL lock_timeout = {wait_ms:d}"))
        return work()
    except sa.exc.OperationalError as error:
        session.rollback()
        raise Busy from error


def lock_course(session: Session, context_id: int) -> bool:
    """Wait until no one else writes to this course, until the transaction ends.

    Take it before the rows of a course's people are written: whoever holds it writes
    them. Tells whether what was read before may be old now.
    """
    if session.get_bind().dialect.name == "postgresql":
        if session.info.get("course_lock") == (_within(session), context_id):
            return False
        lock = sa.func.pg_advisory_xact_lock(COURSE_LOCK, context_id)
        session.execute(sa.select(lock))
        # Asking again for what this transaction holds is a round trip for nothing.
        session.info["course_lock"] = (_within(session), context_id)
        return True
    begin_write(session)
    return False


def lock_tenant(session: Session, tenant_id: int) -> None:
    """Wait until no one else writes of this whole organisation, as `lock_course` does.

    Take it before any course's: who writes in one course alone does not wait for it.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(TENANT_LOCK, tenant_id)
        session.execute(sa.select(lock))
    else:
        begin_write(session)


def _is_broken_off(error: sa.exc.DBAPIError) -> bool:
    """Tell whether a transaction was broken off for another's sake."""
    return getattr(error.orig, "sqlstate", None) in BROKEN_OFF


def lock_audit(session: Session) -> None:
    """Wait until no one else seals the audit, until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(AUDIT_LOCK, 0)
        session.execute(sa.select(lock))
    else:
        begin_write(session)


def _within(session: Session) -> SessionTransaction | None:
    """Return what a lock taken now would end with: a savepoint undone frees it too."""
    return session.get_nested_transaction() or session.get_transaction()
