"""That a course is a copy of an earlier one is proposed, and somebody decides."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, CopyProposal, Membership


def decide(
    session: Session, source: Context, by: Membership, state: str, now: datetime
) -> bool:
    """Close the proposal to take a course's rules, if it is open; tell whether it was.

    `state` is `accepted` or `dismissed`. The proposal belongs to the course of `by`.
    """
    closed = session.execute(
        sa.update(CopyProposal)
        .where(
            CopyProposal.context_id == by.context_id,
            CopyProposal.source_id == source.id,
            CopyProposal.state == "proposed",
        )
        .values(state=state, decided_at=now, decided_by=by.user.public_id)
    )
    return bool(closed.rowcount)  # type: ignore[attr-defined] # an UPDATE has one
