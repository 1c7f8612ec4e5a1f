"""Telling the streams of a course that its standings are others now."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import StreamEvent


def announce(session: Session, context_id: int, now: datetime) -> None:
    """Tell a course's streams that points or people changed: once, however many."""
    session.add(
        StreamEvent(
            context_id=context_id,
            audience="course",
            kind="standing",
            subject={},
            created_at=now,
        )
    )
    session.flush()
