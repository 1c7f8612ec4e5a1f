"""Ids that tell what came later are never given a second time."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, BadgeVersion, Outbox, StreamEvent
from tests.factories import a_badge, a_context, a_member
from tests.support.clock import NOW


def an_award(session: Session) -> Award:
    member = a_member(session)
    badge = a_badge(session, of=member.context)
    version = session.scalars(
        sa.select(BadgeVersion).where(BadgeVersion.badge_id == badge.id)
    ).one()
    return Award(
        context_id=member.context_id,
        membership_id=member.id,
        badge_id=badge.id,
        badge_version_id=version.id,
        granted_at=NOW,
    )


def a_request(session: Session) -> Outbox:
    return Outbox(job="job", subject_id=1, due_at=NOW, created_at=NOW)


def an_event(session: Session) -> StreamEvent:
    course = a_context(session)
    return StreamEvent(
        context_id=course.id, audience="course", kind="standing", created_at=NOW
    )


@pytest.mark.parametrize("made", [an_award, a_request, an_event])
def test_the_id_of_a_deleted_row_is_not_given_again(
    session: Session, made: Callable[[Session], Award | Outbox | StreamEvent]
) -> None:
    ids = []

    for _ in range(2):
        row = made(session)
        session.add(row)
        session.flush()
        ids.append(row.id)
        session.delete(row)
        session.commit()

    assert ids[1] > ids[0]
