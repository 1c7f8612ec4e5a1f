"""Badges that people give: once, with who and why, and only to whom they may."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate, holds
from gamification.awards.decisions import Revocation, revoke
from gamification.awards.giving import (
    BARRED,
    NO_LEARNER,
    NOBODY,
    TOO_LATE,
    Gift,
    Given,
    NotGiven,
    give,
)
from models import Award, UserIdentity
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.awarding import IRIS, an_award, award_named, gift_of, given, told

DAY = timedelta(days=1)


def test_an_award_by_hand_says_who_gave_it_and_why(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)

    award = an_award(session, ada, badge, reason="helped Ben")

    assert (award.origin, award.sequence, award.expires_at) == ("hand", 1, None)
    assert award.evidence == {
        "by": "iris",
        "role": "instructor",
        "reason": "helped Ben",
    }
    assert holds(session, ada, badge, now)
    (shown,) = badges_for(session, ada, now, switch=ON).badges
    assert (shown.earned, shown.granted_at) == (True, now)
    assert told(session) == [("award", "member", ada.id, {"award": award.id})]


def test_whoever_has_the_badge_keeps_the_award_they_have(
    session: Session,
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    award = an_award(session, ada, badge, reason="first")
    news = len(told(session))

    outcome = given(session, ada, badge, reason="second")

    assert outcome == Given(award.public_id, ada.id, badge.id, is_new=False)
    assert award_named(session, award.public_id).evidence["reason"] == "first"
    assert len(told(session)) == news


def test_a_rule_gives_nothing_to_whom_a_person_gave_it(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context, metric="events", threshold=1)
    an_award(session, ada, badge)

    act(ada)

    assert evaluate(session, ada.context, now, switch=ON) == []
    assert session.scalars(sa.select(Award.origin)).all() == ["hand"]


def test_a_rule_that_takes_back_leaves_what_people_gave(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context, metric="events", threshold=5)
    badge.policy = "revoke"
    an_award(session, ada, badge)
    act(ada)

    evaluate(session, ada.context, now, switch=ON)

    assert holds(session, ada, badge, now)


def test_the_same_gift_twice_in_a_row_is_one_award(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    gift = gift_of(ada, a_badge(session, of=ada.context))

    outcomes = give(session, ada.context, [gift, gift], IRIS, now)

    news = [one.is_new for one in outcomes if isinstance(one, Given)]
    assert news == [True, False]
    assert len(session.scalars(sa.select(Award)).all()) == 1
    assert len(told(session)) == 1


def test_a_person_is_found_by_the_platforms_id_too(
    session: Session, now: datetime
) -> None:
    ada = a_member(session, sub="17")
    badge = a_badge(session, of=ada.context)
    # The same id at another platform is another person.
    stranger = a_member(session)
    session.execute(
        sa.update(UserIdentity)
        .where(UserIdentity.user_id == stranger.user_id)
        .values(sub="17")
    )

    (outcome,) = give(
        session, ada.context, [Gift(user="17", badge=badge.key)], IRIS, now
    )

    assert isinstance(outcome, Given)
    assert outcome.membership_id == ada.id


@pytest.mark.parametrize(
    ("role", "status"),
    [("instructor", "active"), ("observer", "active"), ("learner", "left")],
)
def test_only_learners_who_are_here_are_given_a_badge(
    session: Session, role: str, status: str
) -> None:
    somebody = a_member(session, role=role, status=status)

    outcome = given(session, somebody, a_badge(session, of=somebody.context))

    assert outcome == NO_LEARNER
    assert session.scalars(sa.select(Award)).all() == []


def test_nobody_of_another_course_is_given_a_badge(
    session: Session, now: datetime
) -> None:
    here = a_context(session)
    badge = a_badge(session, of=here)
    otto = a_member(session)

    outcomes = give(session, here, [gift_of(otto, badge)], IRIS, now)

    assert outcomes == [NOBODY]


def test_a_badge_of_another_course_is_not_there_and_those_that_are_are_named(
    session: Session,
) -> None:
    ada = a_member(session)
    a_badge(session, of=ada.context, key="helper")
    a_badge(session, of=ada.context, key="speaker")

    outcome = given(session, ada, a_badge(session, key="elsewhere"))

    assert str(outcome) == (
        "badge: there is no such badge here; there are helper, speaker"
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [("draft", "it is a draft"), ("retired", "it is not given any more")],
)
def test_a_draft_and_a_retired_badge_are_not_given(
    session: Session, state: str, reason: str
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    badge.state = state

    assert given(session, ada, badge) == NotGiven("badge", reason, is_conflict=True)


def test_an_end_that_has_passed_is_refused(session: Session, now: datetime) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)

    assert given(session, ada, badge, expires_at=now) == TOO_LATE


def test_what_was_revoked_is_not_given_again_and_another_thing_is(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    barred, free = (a_badge(session, of=ada.context) for _ in range(2))
    for badge, bars in ((barred, True), (free, False)):
        why = Revocation("a mistake", bars=bars)
        revoke(session, an_award(session, ada, badge), why, IRIS, now)

    assert given(session, ada, barred) == BARRED
    assert an_award(session, ada, free).sequence == 2


def test_an_award_that_expired_unnoticed_makes_room_for_the_next(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    first = an_award(session, ada, badge, expires_at=now + DAY)

    second = an_award(session, ada, badge, now + 2 * DAY)

    first = award_named(session, first.public_id)
    assert (first.ended_at, first.end_reason) == (now + DAY, "expired")
    assert (second.sequence, second.ended_at) == (2, None)


@pytest.mark.parametrize("people", [1, 40])
def test_a_class_costs_as_many_statements_as_one_learner(
    session: Session, statements: Counting, now: datetime, people: int
) -> None:
    context = a_context(session)
    badge = a_badge(session, of=context)
    gifts = [gift_of(a_member(session, of=context), badge) for _ in range(people)]

    with statements() as sent:
        give(session, context, gifts, IRIS, now)

    work = [text for text in sent if not text.startswith(("BEGIN", "SELECT pg_adv"))]
    # People, offers, what is over, what is known, the awards, the stream, their news;
    # and what programs are told of what is over and new.
    assert len(work) == 9
    assert len(told(session)) == people
