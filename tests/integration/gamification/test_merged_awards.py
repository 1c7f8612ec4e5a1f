"""What a merge does to awards is undone to the row, whatever ended or came meanwhile."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, Membership
from tests.factories import a_badge, a_member
from tests.integration.gamification.conftest import Act
from tests.support.awarding import an_award
from tests.support.merging import everything, merged, parted

DAY = timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, name="Ada")


@pytest.fixture
def twin(session: Session, ada: Membership) -> Membership:
    """Return Ada as the platform knows her since it made her anew."""
    return a_member(session, of=ada.context, name="Ada A.")


def ends(session: Session, member: Membership) -> list[tuple[int, str | None]]:
    """Return the number of each of somebody's awards, and how it ended."""
    rows = session.execute(
        sa.select(Award.sequence, Award.end_reason)
        .where(Award.membership_id == member.id)
        .order_by(Award.badge_id, Award.sequence)
    )
    return [(sequence, reason) for sequence, reason in rows]


def test_an_award_that_expired_unnoticed_keeps_its_number(
    session: Session, ada: Membership, twin: Membership
) -> None:
    badge = a_badge(session, of=ada.context)
    now = an_award(session, ada, badge).granted_at + 2 * DAY
    session.execute(sa.update(Award).values(expires_at=now - DAY))
    before = everything(session)

    row = merged(session, ada, twin, now)
    parted(session, row, now, environment=False)

    assert everything(session) == before
    an_award(session, ada, badge, now)
    assert ends(session, ada) == [(1, "expired"), (2, None)]


def test_an_award_that_two_do_not_deserve_keeps_its_number(
    session: Session, act: Act, ada: Membership, twin: Membership
) -> None:
    rule = {"metric": "events", "at_most": 1}
    a_badge(session, of=ada.context, criterion=rule, policy="revoke")
    for member in (ada, twin):
        act(member, attempt=member.name)
    before = everything(session)

    row = merged(session, ada, twin)

    assert ends(session, ada) == [(1, "no longer met")]
    parted(session, row)
    assert everything(session) == before
