"""A person's gift of what a rule gave already pins it: the rule cannot take it back."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards import evaluate, holds
from gamification.awards.claims import Terms, claim, make_code
from gamification.awards.giving import OTHER_END, Given, Giver, give
from jobs import decisions
from models import Award, Badge, Earned, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.awarding import IRIS, award_named, gift_of, given, noted, told


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session)


@pytest.fixture
def badge(session: Session, act: Act, ada: Membership) -> Badge:
    """Let Ada have a badge of a rule that takes back."""
    badge = a_badge(
        session, of=ada.context, metric="events", threshold=1, policy="revoke"
    )
    act(ada)
    return badge


def the_award(session: Session) -> Award:
    return award_named(session, session.scalars(sa.select(Award.public_id)).one())


def unmet(session: Session, ada: Membership, now: datetime) -> None:
    """Let the rule be met no more, and look at it."""
    session.execute(sa.delete(Earned))
    evaluate(session, ada.context, now, switch=ON)


@pytest.mark.parametrize("origin", ["hand", "import"])
def test_a_gift_pins_what_a_rule_gave(
    session: Session, ada: Membership, badge: Badge, now: datetime, origin: str
) -> None:
    before, news = the_award(session).public_id, len(told(session))
    gift = gift_of(ada, badge, reason="helped Ben")

    give(session, ada.context, [gift], Giver("iris", "instructor", origin), now)
    unmet(session, ada, now)

    award = the_award(session)
    assert holds(session, ada, badge, now)
    assert (award.public_id, award.origin, award.ended_at) == (before, origin, None)
    assert award.evidence == {
        "metric": "events",
        "at_least": 1,
        "value": 1,
        "by": "iris",
        "role": "instructor",
        "reason": "helped Ben",
    }
    assert len(told(session)) == news


@pytest.mark.parametrize("has_end", [False, True])
def test_a_gift_with_another_end_changes_nothing_and_is_told(
    session: Session, ada: Membership, badge: Badge, now: datetime, *, has_end: bool
) -> None:
    end = now + timedelta(days=30) if has_end else None
    session.execute(
        sa.update(Award)
        .values(expires_at=end)
        .execution_options(synchronize_session=False)
    )

    other = given(session, ada, badge, expires_at=now + timedelta(days=60))
    before = the_award(session).origin
    same = given(session, ada, badge, expires_at=end)

    assert (other, before) == (OTHER_END, "rule")
    assert isinstance(same, Given)
    assert (same.is_new, same.is_pinned) == (False, True)
    assert (the_award(session).origin, the_award(session).expires_at) == ("hand", end)


def test_without_a_gift_the_rule_takes_back_what_it_gave(
    session: Session, ada: Membership, badge: Badge, now: datetime
) -> None:
    unmet(session, ada, now)

    assert not holds(session, ada, badge, now)


def test_a_code_pins_nothing_and_is_not_used_up(
    session: Session, ada: Membership, badge: Badge, now: datetime
) -> None:
    terms = Terms(badge.key, 1, now.replace(hour=23))
    made = make_code(session, ada.context, terms, "iris", now)
    assert made is not None

    claim(session, ada, made[1], now)
    unmet(session, ada, now)

    assert the_award(session).origin == "rule"
    assert not holds(session, ada, badge, now)


def test_the_audit_says_once_who_pinned_it(
    app: OpenAPI, session: Session, ada: Membership, badge: Badge, now: datetime
) -> None:
    gift = gift_of(ada, badge)
    with app.app_context():
        for gifts in ([gift, gift], [gift]):
            decisions.grant(session, ada.context, gifts, IRIS, now)

    assert noted(session) == [("award_pinned", "iris", "instructor")]


def test_what_a_person_gave_keeps_their_words(
    session: Session, ada: Membership, badge: Badge
) -> None:
    given(session, ada, badge, reason="first")
    given(session, ada, badge, reason="second")

    assert the_award(session).evidence["reason"] == "first"


@pytest.mark.parametrize("people", [1, 40])
def test_pinning_a_class_costs_as_many_statements_as_one_learner(
    session: Session, act: Act, statements: Counting, now: datetime, people: int
) -> None:
    context = a_context(session)
    badge = a_badge(session, of=context, metric="events", threshold=1)
    members = [a_member(session, of=context) for _ in range(people)]
    for member in members:
        act(member)
    gifts = [gift_of(member, badge) for member in members]

    with statements() as sent:
        give(session, context, gifts, IRIS, now)

    work = [text for text in sent if not text.startswith(("BEGIN", "SELECT pg_adv"))]
    assert len(work) == 7
    assert session.scalars(sa.select(Award.origin).distinct()).all() == ["hand"]
