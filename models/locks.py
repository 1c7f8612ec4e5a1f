"""Who may write now: one writer a course on PostgreSQL, one writer on SQLite."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

COURSE_LOCK = 0x1A07E1  # the namespace of our advisory locks


def begin_write(session: Session) -> None:
    """Begin the transaction as a writer; call it before the first read.

    SQLite cannot turn a reader whose view is old into a writer, so it must know
    from the start. A transaction that has begun already is left as it is.
    """
    if session.get_bind().dialect.name == "sqlite" and not session.in_transaction():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def lock_course(session: Session, context_id: int) -> None:
    """Wait until no one else writes to this course, until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(COURSE_LOCK, context_id)
        session.execute(sa.select(lock))
    else:
        begin_write(session)
