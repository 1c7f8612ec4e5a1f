"""Whose turn it is: a course, and a platform's host, are read by one at a time."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.clock import now
from jobs.freshness import ATTEMPT
from jobs.outbox import Later
from models import JobRun
from models.locks import begin_write, retried
from models.upsert import insert

JOB = "turn"
"""Kept beside the runs of jobs, one row a name: the second one finds it taken."""
LONGEST_NAME = 64


class NotItsTurn(Later):
    """Somebody else reads this course, or from the same host, at this moment."""


@contextmanager
def turn(session: Session, names: Collection[str]) -> Iterator[None]:
    """Hold these names, all of them, until the end.

    Raises NotItsTurn if one of them is held. After half an hour a turn is over, ended
    or not: its worker died, and what two record at once is the same.
    """
    began = now()
    # Names that are too long share a turn with their like: slow, and never wrong.
    wanted = sorted({name[:LONGEST_NAME] for name in names})
    if not _take(session, wanted, began):
        raise NotItsTurn
    try:
        yield
    finally:
        _give_back(session, wanted, began)


def _take(session: Session, names: list[str], began: datetime) -> bool:
    held = sa.and_(JobRun.finished_at.is_(None), JobRun.started_at > began - ATTEMPT)
    is_held = sa.exists().where(JobRun.job == JOB, JobRun.period.in_(names), held)

    def take() -> bool:
        begin_write(session)
        statement = (
            insert(session, JobRun)
            .values(
                [
                    {"job": JOB, "period": name, "started_at": began, "details": {}}
                    for name in names
                ]
            )
            .on_conflict_do_update(
                index_elements=["job", "period"],
                set_={"started_at": began, "finished_at": None},
                where=~held,
            )
            .returning(JobRun.id)
        )
        is_ours = len(session.scalars(statement).all()) == len(names)
        if is_ours:
            session.commit()
        else:
            session.rollback()
        return is_ours

    session.rollback()
    is_busy = session.scalar(sa.select(is_held))
    session.rollback()
    return not is_busy and retried(session, take)


def _give_back(session: Session, names: list[str], began: datetime) -> None:
    ours = (
        JobRun.job == JOB,
        JobRun.period.in_(names),
        JobRun.started_at == began,
    )

    def give() -> None:
        begin_write(session)
        session.execute(sa.update(JobRun).where(*ours).values(finished_at=now()))
        session.commit()

    session.rollback()
    retried(session, give)
