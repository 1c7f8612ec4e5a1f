"""Awards by people, for tests: given straight away, and looked at."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import Gift, Given, Giver, Outcome, give
from models import AuditEntry, Award, Badge, Membership, StreamEvent
from tests.support.clock import NOW

IRIS = Giver("iris", "instructor")


def gift_of(member: Membership, badge: Badge, **named: object) -> Gift:
    return Gift(user=member.user.public_id, badge=badge.key, **named)  # type: ignore[arg-type] # the other fields of a gift


def given(
    session: Session,
    member: Membership,
    badge: Badge,
    now: datetime = NOW,
    **named: object,
) -> Outcome:
    """Give one badge by hand, for whatever it is refused."""
    gift = gift_of(member, badge, **named)
    return give(session, member.context, [gift], IRIS, now)[0]


def an_award(
    session: Session,
    member: Membership,
    badge: Badge,
    now: datetime = NOW,
    **named: object,
) -> Award:
    """Give one badge by hand; return the award."""
    outcome = given(session, member, badge, now, **named)
    assert isinstance(outcome, Given)
    return award_named(session, outcome.public_id)


def award_named(session: Session, public_id: str) -> Award:
    query = sa.select(Award).where(Award.public_id == public_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def told(session: Session) -> list[tuple[str, str, int | None, dict[str, object]]]:
    """Return what the streams were told, in order."""
    rows = session.scalars(sa.select(StreamEvent).order_by(StreamEvent.id))
    return [
        (event.kind, event.audience, event.membership_id, event.subject)
        for event in rows
    ]


def noted(session: Session, *actions: str) -> list[tuple[str, str, str]]:
    """Return who did what, by the audit: action, actor and role."""
    rows = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    return [
        (entry.action, entry.details["by"], entry.details["role"])
        for entry in rows
        if not actions or entry.action in actions
    ]
