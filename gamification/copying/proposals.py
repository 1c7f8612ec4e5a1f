"""That a course is a copy of an earlier one is proposed, and somebody decides."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, CopyProposal


@dataclass(frozen=True)
class Decision:
    """What somebody decides of a proposal."""

    state: str
    """`accepted` or `dismissed`."""
    by: str
    """Our id of a person, or `operator`."""


def decide(
    session: Session,
    target: Context,
    source: Context,
    decision: Decision,
    now: datetime,
) -> bool:
    """Close the proposal to take a course's rules, if it is open; tell whether it was."""
    closed = session.execute(
        sa.update(CopyProposal)
        .where(
            CopyProposal.context_id == target.id,
            CopyProposal.source_id == source.id,
            CopyProposal.state == "proposed",
        )
        .values(state=decision.state, decided_at=now, decided_by=decision.by)
    )
    return bool(closed.rowcount)  # type: ignore[attr-defined] # an UPDATE has one
