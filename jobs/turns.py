"""Whose turn it is: a course is read by one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.clock import now
from jobs.outbox import Later
from models import JobRun
from models.locks import begin_write, retried
from models.upsert import insert

JOB = "turn"
"""Kept beside the runs of jobs, one row a course: `finished_at` is its turn's end."""
LEASE = timedelta(minutes=3)
"""So long a turn lasts after it was taken or last renewed: its worker may have died."""


class NotItsTurn(Later):
    """Somebody else reads this course at this moment."""


@dataclass(frozen=True)
class Turn:
    """The right to read a course, until the lease is over."""

    session: Session
    context_id: int
    began: datetime

    def renew(self) -> None:
        """Let the lease begin anew, with the caller's transaction.

        Whose turn was taken over changes nothing: what two record at once is the same.
        """
        self._end_at(now() + LEASE)

    def give_back(self) -> None:
        """End the turn and commit."""

        def give() -> None:
            begin_write(self.session)
            self._end_at(now())
            self.session.commit()

        self.session.rollback()
        retried(self.session, give)

    def _end_at(self, moment: datetime) -> None:
        self.session.execute(
            sa.update(JobRun)
            .where(
                JobRun.job == JOB,
                JobRun.period == str(self.context_id),
                JobRun.started_at == self.began,
            )
            .values(finished_at=moment)
            .execution_options(synchronize_session=False)
        )


@contextmanager
def turn(session: Session, context_id: int) -> Iterator[Turn]:
    """Hold a course until the end; whoever writes meanwhile renews the turn.

    Raises NotItsTurn if it is held. Three minutes after the last renewal a turn is
    over, ended or not.
    """
    ours = Turn(session, context_id, now())
    if not _take(ours):
        raise NotItsTurn
    try:
        yield ours
    finally:
        ours.give_back()


def _take(ours: Turn) -> bool:
    session, period = ours.session, str(ours.context_id)
    is_held = JobRun.finished_at > ours.began
    values = {"started_at": ours.began, "finished_at": ours.began + LEASE}

    def take() -> bool:
        begin_write(session)
        statement = (
            insert(session, JobRun)
            .values(job=JOB, period=period, details={}, **values)
            .on_conflict_do_update(
                index_elements=["job", "period"], set_=values, where=~is_held
            )
            .returning(JobRun.id)
        )
        is_ours = session.scalar(statement) is not None
        session.commit()
        return is_ours

    session.rollback()
    is_busy = session.scalar(
        sa.select(
            sa.exists().where(JobRun.job == JOB, JobRun.period == period, is_held)
        )
    )
    session.rollback()
    return not is_busy and retried(session, take)
