from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from gamification.standings.news import announce
from gamification.standings.upkeep import refresh
from models import ConsentEntry, Context, Membership

NAMELESS = "Someone new"


def set_consent(
    session: Session, member: Membership, now: datetime, *, joined: bool
) -> None:
    """Let a learner join the board or leave it; both are immediate and for good.

    Who leaves takes back their name, too.
    """
    member.board_consent = joined
    _note(session, member, "board", now, given=joined)
    if not joined:
        if member.name_consent is not None:
            _note(session, member, "name", now, given=False)
        member.name_consent = None
    refresh(session, member.context, [member.id])
    announce(session, member.context_id, now)


def set_name_consent(
    session: Session, member: Membership, now: datetime, *, named: bool
) -> None:
    """Let a learner show their name instead of their alias, or take that back."""
    member.name_consent = named
    _note(session, member, "name", now, given=named)
    announce(session, member.context_id, now)


def _note(
    session: Session, member: Membership, subject: str, now: datetime, *, given: bool
) -> None:
    """Write down what a member said, and when; no word takes another's place."""
    session.add(
        ConsentEntry(
            context_id=member.context_id,
            membership_id=member.id,
            subject=subject,
            given=given,
            decided_at=now,
        )
    )
    session.flush()


class Named(Protocol):
    """Whoever is read on a board: a member, or a row that was found of one."""

    @property
    def name(self) -> str: ...
    @property
    def alias(self) -> str: ...
    @property
    def name_consent(self) -> bool | None: ...


def is_named(member: Named, context: Context) -> bool:
    """Tell whether other learners may read a member's name on the board.

    To join is no such consent: the course may have shown aliases at the time.
    """
    return context.board_identity == "name" and member.name_consent is True


def name_for(member: Named, context: Context, *, by_staff: bool) -> str:
    """Return what somebody reads of a member on the course's board."""
    if (by_staff or is_named(member, context)) and member.name:
        return member.name
    return member.alias or NAMELESS
