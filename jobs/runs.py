"""One run of a job for one period, however many workers there are."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.clock import now
from models import JobRun
from models.locks import begin_write
from models.upsert import insert

ABANDONED_AFTER = timedelta(hours=2)

Details = dict[str, object]


class Unfinished(Exception):
    """A part of a job could not be done; the message says how much, in our words."""

    def __init__(self, message: str, details: Details) -> None:
        super().__init__(message)
        self.details = details
        """What was done."""


def once(
    session: Session, job: str, period: str, work: Callable[[], Details | None]
) -> bool:
    """Do a job unless it was or is being done for this period; tell whether it was.

    What it returns is kept with the run. Raises what the job raises; it is not tried
    again in this period. Of Unfinished the message is kept, too. A run that began two
    hours ago and never ended was cut off: it is taken over.
    """
    run = _begin(session, job, period, now())
    if run is None:
        return False
    try:
        details = work()
    except Unfinished as some:
        session.rollback()
        _end(session, run, {"error": str(some), "details": some.details})
        raise
    except Exception as error:
        session.rollback()
        _end(session, run, {"error": type(error).__name__})
        raise
    _end(session, run, {"details": details or {}})
    return True


def _begin(session: Session, job: str, period: str, moment: datetime) -> int | None:
    taken = sa.or_(
        JobRun.finished_at.is_not(None), JobRun.started_at > moment - ABANDONED_AFTER
    )
    is_taken = sa.exists().where(JobRun.job == job, JobRun.period == period, taken)
    if session.scalar(sa.select(is_taken)):
        session.rollback()
        return None
    session.rollback()
    begin_write(session)
    values = {"job": job, "period": period, "started_at": moment, "details": {}}
    run: int | None = session.scalar(
        insert(session, JobRun)
        .values(values)
        .on_conflict_do_update(
            index_elements=["job", "period"],
            set_={"started_at": moment},
            where=~taken,
        )
        .returning(JobRun.id)
    )
    session.commit()
    return run


def _end(session: Session, run: int, values: Details) -> None:
    begin_write(session)
    session.execute(
        sa.update(JobRun).where(JobRun.id == run).values(finished_at=now(), **values)
    )
    session.commit()
