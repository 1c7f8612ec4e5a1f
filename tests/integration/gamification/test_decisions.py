"""What a person decides about an award, and what *earned* then is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate, holds
from gamification.awards.decisions import (
    DecisionRefused,
    Revocation,
    lift,
    renew,
    revoke,
    take,
)
from models import Award, Badge, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act
from tests.support.awarding import IRIS, an_award, award_named, told

DAY = timedelta(days=1)
Past = Callable[[Session, Membership, Badge, datetime], object]


def given(session: Session, ada: Membership, badge: Badge, at: datetime) -> Award:
    return an_award(session, ada, badge, at)


def given_until_today(
    session: Session, ada: Membership, badge: Badge, at: datetime
) -> Award:
    return an_award(session, ada, badge, at, expires_at=at + 2 * DAY)


def renewed(session: Session, ada: Membership, badge: Badge, at: datetime) -> None:
    award = given_until_today(session, ada, badge, at)
    renew(session, award, at + 9 * DAY, at + DAY)


def renewed_for_good(
    session: Session, ada: Membership, badge: Badge, at: datetime
) -> None:
    renew(session, given_until_today(session, ada, badge, at), None, at + DAY)


def revoked(session: Session, ada: Membership, badge: Badge, at: datetime) -> Award:
    award = given(session, ada, badge, at)
    revoke(session, award, Revocation("copied"), IRIS, at + DAY)
    return award


def revoked_without_a_bar(
    session: Session, ada: Membership, badge: Badge, at: datetime
) -> None:
    why = Revocation("a mistake", bars=False)
    revoke(session, given(session, ada, badge, at), why, IRIS, at + DAY)


def revoked_and_lifted(
    session: Session, ada: Membership, badge: Badge, at: datetime
) -> None:
    lift(session, revoked(session, ada, badge, at), at + DAY)


def revoked_lifted_and_given_anew(
    session: Session, ada: Membership, badge: Badge, at: datetime
) -> None:
    revoked_and_lifted(session, ada, badge, at)
    given(session, ada, badge, at + DAY)


# Whether the badge is held two days later: where its rule is met, and where it is not.
TABLE: dict[str, tuple[Past, bool, bool]] = {
    "given": (given, True, True),
    "given until today": (given_until_today, False, False),
    "renewed": (renewed, True, True),
    "renewed for good": (renewed_for_good, True, True),
    "revoked": (revoked, False, False),
    "revoked without a bar": (revoked_without_a_bar, True, False),
    "revoked and lifted": (revoked_and_lifted, True, False),
    "revoked, lifted and given anew": (revoked_lifted_and_given_anew, True, True),
}


@pytest.mark.parametrize("past", TABLE)
def test_a_badge_is_held_as_people_decided(
    session: Session, act: Act, now: datetime, past: str
) -> None:
    decide, if_met, if_not = TABLE[past]
    seen = []
    for threshold in (1, 2):
        # Off: nothing is awarded for the fact, before it is looked at.
        ada = a_member(session, of=a_context(session, enabled=False))
        badge = a_badge(session, of=ada.context, metric="events", threshold=threshold)
        act(ada, occurred_at=now - 3 * DAY)
        decide(session, ada, badge, now - 2 * DAY)

        before = holds(session, ada, badge, now)
        (shown,) = badges_for(session, ada, now, switch=ON).badges
        evaluate(session, ada.context, now, switch=ON)
        after = holds(session, ada, badge, now)

        is_open = sa.and_(Award.badge_id == badge.id, Award.ended_at.is_(None))
        written = session.scalars(sa.select(Award.id).where(is_open)).all()
        seen.append([before, shown.earned, after, len(written) == 1])

    assert seen == [[if_met] * 4, [if_not] * 4]


def test_a_revoked_award_says_who_why_and_when(session: Session, now: datetime) -> None:
    ada = a_member(session)
    award = an_award(session, ada, a_badge(session, of=ada.context))

    revoke(session, award, Revocation("copied"), IRIS, now + DAY)

    assert (award.ended_at, award.end_reason) == (now + DAY, "copied")
    assert (award.ended_by, award.bars_regrant) == ("iris", True)


def test_every_change_tells_the_owner_once(session: Session, now: datetime) -> None:
    ada = a_member(session)
    award = an_award(
        session, ada, a_badge(session, of=ada.context), expires_at=now + 9 * DAY
    )

    news = [
        renew(session, award, now + 20 * DAY, now),
        renew(session, award, now + 20 * DAY, now),
    ]
    revoke(session, award, Revocation("copied"), IRIS, now)
    news += [lift(session, award, now), lift(session, award, now)]

    assert news == [True, False, True, False]
    kinds = ["award", "award_renewed", "award_revoked", "award_lifted"]
    assert told(session) == [
        (kind, "member", ada.id, {"award": award.id}) for kind in kinds
    ]


def test_a_lifted_badge_is_earned_again_as_the_next_award(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    a_badge(session, of=ada.context, metric="events", threshold=1)
    act(ada)
    (award,) = session.scalars(sa.select(Award))
    revoke(session, award, Revocation("copied"), IRIS, now)

    while_barred = evaluate(session, ada.context, now, switch=ON)
    lift(session, award, now)
    (granted,) = evaluate(session, ada.context, now, switch=ON)

    assert while_barred == []
    assert session.get_one(Award, granted.award_id).sequence == 2


def test_what_is_over_is_neither_revoked_nor_renewed(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    expired = an_award(session, ada, badge, now - 2 * DAY, expires_at=now)

    with pytest.raises(DecisionRefused, match="over already"):
        revoke(session, expired, Revocation("copied"), IRIS, now)
    with pytest.raises(DecisionRefused, match="given anew"):
        renew(session, expired, None, now)

    assert (expired.ended_at, expired.ended_by) == (None, None)


def test_an_award_is_not_renewed_into_the_past(session: Session, now: datetime) -> None:
    ada = a_member(session)
    award = an_award(session, ada, a_badge(session, of=ada.context))

    with pytest.raises(DecisionRefused, match="has passed"):
        renew(session, award, now, now)

    assert award.expires_at is None


@pytest.mark.parametrize("words", ["expired", "no longer met"])
def test_nobody_says_what_laurel_says_itself(
    session: Session, now: datetime, words: str
) -> None:
    ada = a_member(session)
    award = an_award(session, ada, a_badge(session, of=ada.context))

    with pytest.raises(DecisionRefused, match="in other words"):
        revoke(session, award, Revocation(words), IRIS, now)

    assert award.ended_at is None


def test_an_award_of_another_course_cannot_be_taken(session: Session) -> None:
    ada, otto = a_member(session), a_member(session)
    award = an_award(session, ada, a_badge(session, of=ada.context))

    assert take(session, otto.context_id, award.public_id) is None
    assert take(session, ada.context_id, award.public_id) is award


def test_what_is_taken_is_as_it_is_now(session: Session, now: datetime) -> None:
    ada = a_member(session)
    award = an_award(session, ada, a_badge(session, of=ada.context))
    session.execute(
        sa.update(Award)
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )

    assert take(session, ada.context_id, award.public_id) is award
    assert award.ended_at == now
    assert award_named(session, award.public_id).ended_at == now
