"""One run of a job for one period, however many workers there are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import JobRun
from models.locks import begin_write
from models.upsert import insert

ABANDONED_AFTER = timedelta(hours=2)


def begin(session: Session, job: str, period: str, now: datetime) -> int | None:
    """Take a job's run for a period and commit; None if it was taken.

    A run that began two hours ago and never ended was cut off: it is taken over.
    """
    if _is_taken(session, job, period, now):
        return None
    session.rollback()
    begin_write(session)
    statement = insert(session, JobRun).values(job=job, period=period, started_at=now)
    run: int | None = session.scalar(
        statement.on_conflict_do_update(
            index_elements=["job", "period"],
            set_={"started_at": now},
            where=~_taken(now),
        ).returning(JobRun.id)
    )
    session.commit()
    return run


def end(
    session: Session,
    run: int,
    now: datetime,
    *,
    error: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write down how a run ended, and commit."""
    begin_write(session)
    session.execute(
        sa.update(JobRun)
        .where(JobRun.id == run)
        .values(finished_at=now, error=error, details=dict(details or {}))
    )
    session.commit()


def _is_taken(session: Session, job: str, period: str, now: datetime) -> bool:
    query = sa.select(JobRun.id).where(
        JobRun.job == job, JobRun.period == period, _taken(now)
    )
    return session.scalar(query) is not None


def _taken(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        JobRun.finished_at.is_not(None), JobRun.started_at > now - ABANDONED_AFTER
    )
