"""What a merge does to awards is undone to the row, whatever ended or came meanwhile."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from models import Award, Delivery, Membership
from tests.factories import a_badge, a_member
from tests.integration.gamification.conftest import Act, a_fact
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.merging import everything, merged, parted
from tests.support.webhooks import a_webhook

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


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


def test_a_badge_that_is_over_and_given_anew_at_once_is_as_it_was_again(
    session: Session, now: datetime, act: Act, ada: Membership, twin: Membership
) -> None:
    badge = a_badge(session, of=ada.context, metric="events", threshold=2)
    for member in (ada, twin):
        act(member, attempt=member.name, occurred_at=now - HOUR)
    over = an_award(session, ada, badge, now - 2 * DAY)
    over.expires_at = now - DAY
    before = everything(session)

    row = merged(session, ada, twin)

    assert ends(session, ada) == [(1, "expired"), (2, None)]
    parted(session, row, environment=False)
    assert everything(session) == before


def test_a_badge_that_was_given_anew_since_a_merge_stays_when_it_is_taken_back(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    badge = a_badge(session, of=ada.context)
    over = an_award(session, ada, badge, now - 2 * DAY)
    over.expires_at = now - DAY
    row = merged(session, ada, twin)
    an_award(session, ada, badge)

    parted(session, row)

    assert ends(session, ada) == [(1, "expired"), (2, None)]


@pytest.mark.parametrize(
    ("acts", "hers", "others"),
    [
        (1, [(1, "no longer met"), (2, None)], [(1, None)]),
        (2, [(2, None)], [(1, None)]),
    ],
)
def test_what_a_merge_ended_is_open_again_where_nothing_was_given_since(
    session: Session,
    act: Act,
    ada: Membership,
    twin: Membership,
    acts: int,
    hers: list[tuple[int, str | None]],
    others: list[tuple[int, str | None]],
) -> None:
    rule = {"metric": "events", "at_most": 1}
    badge = a_badge(session, of=ada.context, criterion=rule, policy="revoke")
    facts = [a_fact(ada, attempt=str(number)) for number in range(acts)]
    record(session, facts, NOW, environment=True)
    act(twin)
    row = merged(session, ada, twin)
    an_award(session, ada, badge)

    parted(session, row)

    assert (ends(session, ada), ends(session, twin)) == (hers, others)


@pytest.mark.parametrize("noticed", [True, False])
def test_what_counted_towards_a_badge_that_is_over_gives_it_no_second_time(
    session: Session,
    now: datetime,
    act: Act,
    ada: Membership,
    twin: Membership,
    noticed: bool,
) -> None:
    act(twin, occurred_at=now - 12 * DAY)
    badge = a_badge(session, of=ada.context, metric="events", threshold=1)
    for member, days in ((ada, 20), (twin, 2)):
        award = an_award(session, member, badge, now - 30 * DAY)
        award.expires_at = now - days * DAY
        if noticed:
            award.ended_at, award.end_reason = award.expires_at, "expired"
    before = everything(session)

    row = merged(session, ada, twin)

    assert ends(session, ada) == [(1, "expired"), (2, "expired")]
    parted(session, row, environment=False)
    assert everything(session) == before


def test_programs_are_told_once_of_each_award_that_a_merge_finds_over(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    badge = a_badge(session, of=ada.context)
    awards = [an_award(session, one, badge, now - 2 * DAY) for one in (ada, twin)]
    for award in awards:
        award.expires_at = now - DAY
    a_webhook(session, ada.context.tenant)

    parted(session, merged(session, ada, twin))
    merged(session, ada, twin)

    told = session.scalars(sa.select(Delivery).order_by(Delivery.id))
    assert sorted((one.kind, one.body["award"]) for one in told) == sorted(
        ("award_ended", award.public_id) for award in awards
    )
