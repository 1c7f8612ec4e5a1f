from datetime import datetime

from sqlalchemy.orm import Session

from gamification.standings.upkeep import refresh
from models import Membership, StreamEvent


def set_consent(
    session: Session, member: Membership, now: datetime, *, joined: bool
) -> None:
    """Let a learner join the board or leave it; both are immediate and for good."""
    member.board_consent = joined
    refresh(session, member.context, [member.id])
    session.add(
        StreamEvent(
            context_id=member.context_id,
            audience="course",
            kind="standing",
            subject={},
            created_at=now,
        )
    )
    session.flush()
