"""The truth table of *earned*: the award's state x the metric x the version."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate, holds
from models import Award, Badge, BadgeVersion, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act, has_open_award

THRESHOLD = 2
DAY = timedelta(days=1)
METRIC = {"below": THRESHOLD - 1, "at": THRESHOLD, "above": THRESHOLD + 1}
VERSION = {"before the facts": -DAY, "after the facts": DAY}

Past = Callable[[Award, datetime], None]


def is_open(award: Award, facts_at: datetime) -> None:
    """The award is open, and stays so."""


def is_open_for_a_while(award: Award, facts_at: datetime) -> None:
    award.expires_at = facts_at + 9 * DAY


def expired_before_the_facts(award: Award, facts_at: datetime) -> None:
    award.expires_at = award.ended_at = facts_at - DAY
    award.end_reason = "expired"


def expired_after_the_facts(award: Award, facts_at: datetime) -> None:
    award.expires_at = award.ended_at = facts_at + DAY
    award.end_reason = "expired"


def expired_and_nobody_noticed(award: Award, facts_at: datetime) -> None:
    award.expires_at = facts_at + DAY


def was_revoked(award: Award, facts_at: datetime) -> None:
    award.ended_at, award.end_reason = facts_at + DAY, "copied"
    award.bars_regrant = True


def was_revoked_and_lifted(award: Award, facts_at: datetime) -> None:
    award.ended_at, award.end_reason = facts_at + DAY, "a mistake"


# Whether the badge is held, given that the facts since the version meet the rule,
# and given that they do not.
TABLE: dict[str, tuple[Past | None, bool, bool]] = {
    "no award": (None, True, False),
    "open": (is_open, True, True),
    "open, will expire": (is_open_for_a_while, True, True),
    "expired before the facts": (expired_before_the_facts, True, False),
    "expired after the facts": (expired_after_the_facts, False, False),
    "expired unnoticed": (expired_and_nobody_noticed, False, False),
    "revoked, with a bar": (was_revoked, False, False),
    "revoked, bar lifted": (was_revoked_and_lifted, True, False),
}
CASES = list(product(METRIC, VERSION))


def an_award(session: Session, member: Membership, badge: Badge) -> Award:
    version = session.scalars(
        sa.select(BadgeVersion.id).where(BadgeVersion.badge_id == badge.id)
    ).one()
    award = Award(
        context_id=member.context_id,
        membership_id=member.id,
        badge_id=badge.id,
        badge_version_id=version,
        granted_at=datetime.fromisoformat("2026-09-01T00:00:00+00:00"),
    )
    session.add(award)
    session.flush()
    return award


TREE = {
    "any": [
        {"metric": "events", "at_least": THRESHOLD},
        {"metric": "percent", "item": "not-there", "at_least": 1},
    ]
}


@pytest.mark.parametrize("rule", [None, TREE], ids=["flat", "tree"])
@pytest.mark.parametrize("award", TABLE)
def test_a_badge_is_held_as_the_table_says(
    session: Session, act: Act, now: datetime, award: str, rule: dict[str, Any] | None
) -> None:
    past, if_met, if_not = TABLE[award]
    expected, seen = {}, {}
    for metric, version in CASES:
        member, badge = a_case(session, act, now - 5 * DAY, metric, version, rule)
        if past:
            past(an_award(session, member, badge), now - 5 * DAY)
        met = metric != "below" and version == "before the facts"
        expected[metric, version] = [if_met if met else if_not] * 4

        before = holds(session, member, badge, now)
        (shown,) = badges_for(session, member, now, switch=ON).badges
        evaluate(session, member.context, now, switch=ON)
        after = holds(session, member, badge, now)

        written = has_open_award(session, member, badge)
        seen[metric, version] = [before, shown.earned, after, written]

    assert seen == expected


def a_case(
    session: Session,
    act: Act,
    facts_at: datetime,
    metric: str,
    version: str,
    rule: dict[str, Any] | None,
) -> tuple[Membership, Badge]:
    """Build a member with facts, in a course that has awarded nothing for them."""
    context = a_context(session, enabled=False)
    member = a_member(session, of=context)
    badge = a_badge(
        session,
        of=context,
        metric="events",
        threshold=THRESHOLD,
        effective_from=facts_at + VERSION[version],
        criterion=rule,
    )
    for number in range(METRIC[metric]):
        act(member, occurred_at=facts_at, attempt=str(number))
    return member, badge


@pytest.mark.demand("A9")
def test_earned_is_read_before_anybody_wrote_it(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    badge = a_badge(session, of=context, metric="events", threshold=1)
    context.enabled = False
    act(member)

    (shown,) = badges_for(session, member, now, switch=ON).badges

    assert (shown.earned, shown.granted_at) == (True, None)
    assert holds(session, member, badge, now)
    assert not has_open_award(session, member, badge)


@pytest.mark.parametrize(
    "role", ["assistant", "instructor", "admin", "observer", "test"]
)
def test_only_learners_earn(
    session: Session, act: Act, now: datetime, role: str
) -> None:
    context = a_context(session)
    member = a_member(session, of=context, role=role)
    badge = a_badge(session, of=context, metric="events", threshold=1)
    act(member)

    assert evaluate(session, context, now, switch=ON) == []
    assert not holds(session, member, badge, now)


def test_who_left_earns_nothing_more_and_keeps_what_they_have(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    first = a_badge(session, of=context, metric="events", threshold=1)
    second = a_badge(session, of=context, metric="events", threshold=2)
    act(member)
    member.status = "left"
    act(member, "completed")

    held = [holds(session, member, badge, now) for badge in (first, second)]

    assert held == [True, False]


def test_a_retired_badge_is_held_by_award_alone(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    badge = a_badge(session, of=context, metric="events", threshold=1)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    act(ada)
    badge.state = "retired"
    act(ben)

    assert [holds(session, member, badge, now) for member in (ada, ben)] == [
        True,
        False,
    ]


def test_facts_of_another_course_do_not_count(
    session: Session, act: Act, now: datetime
) -> None:
    ada, otto = a_member(session), a_member(session)
    badge = a_badge(session, of=ada.context, metric="events", threshold=1)
    act(otto)

    assert not holds(session, ada, badge, now)
    assert not holds(session, otto, badge, now)


def test_a_rule_of_a_newer_version_is_left_out_and_logged(
    session: Session, act: Act, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    member = a_member(session)
    known = a_badge(session, of=member.context, metric="events", threshold=1)
    newer = a_badge(session, of=member.context, metric="kindness", threshold=1)
    act(member)

    evaluate(session, member.context, now, switch=ON)
    roster = badges_for(session, member, now, switch=ON)

    assert [badge.key for badge in roster.badges] == [known.key]
    assert holds(session, member, newer, now) is False
    assert session.scalars(sa.select(Award.badge_id)).all() == [known.id]
    assert "there is no metric 'kindness'" in caplog.text
