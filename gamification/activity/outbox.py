"""What a transaction wants done after it: a row beside its own, never lost."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Outbox
from models.upsert import insert


def request(
    session: Session, job: str, subject_id: int, due_at: datetime, now: datetime
) -> None:
    """Ask for a job on a subject; while one waits, asking again changes nothing."""
    session.execute(
        insert(session, Outbox)
        .values(job=job, subject_id=subject_id, due_at=due_at, created_at=now)
        .on_conflict_do_nothing(
            index_elements=["job", "subject_id"],
            index_where=sa.text("taken_at IS NULL"),
        )
    )
