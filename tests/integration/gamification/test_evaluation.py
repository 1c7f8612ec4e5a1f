"""Awards are given once, announced, and taken back only where that is the policy."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate
from gamification.metrics import METRICS
from gamification.switches import Switch
from models import Award, Membership, StreamEvent
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act


def awards(session: Session) -> list[Award]:
    fresh = sa.select(Award).order_by(Award.id)
    return list(session.scalars(fresh.execution_options(populate_existing=True)))


def test_an_award_pins_its_version_and_its_evidence(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    badge = a_badge(session, of=context, metric="score", threshold=2)

    act(member)

    (award,) = awards(session)
    assert (award.badge_id, award.membership_id, award.sequence) == (
        badge.id,
        member.id,
        1,
    )
    assert award.evidence == {"metric": "score", "at_least": 2, "value": 2 * POINT}
    assert award.granted_at == now
    assert (award.ended_at, award.bars_regrant) == (None, False)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.demand("A12")
def test_every_metric_awards_at_its_threshold_and_not_below(
    session: Session, act: Act, now: datetime, metric: str
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    worth = {"score": 5}.get(metric, 1)
    for number in (1, 2):
        a_badge(session, of=context, metric=metric, threshold=worth * number)
    for kind in ("submitted", "completed", "spent"):
        act(member, kind, an_item(session, of=context), seconds=1)

    earned = [
        badge.earned for badge in badges_for(session, member, now, switch=ON).badges
    ]

    assert earned == [True, metric == "events"]
    assert len(awards(session)) == sum(earned)


def test_public_ids_are_long_and_never_the_same(session: Session, act: Act) -> None:
    context = a_context(session)
    for _ in range(4):
        a_badge(session, of=context, metric="events", threshold=1)
    for _ in range(5):
        act(a_member(session, of=context))

    names = {award.public_id for award in awards(session)}

    assert len(names) == 20
    assert {len(name) for name in names} == {22}


def test_evaluating_twice_awards_once(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    act(member)
    badge = a_badge(session, of=context, metric="events", threshold=1)

    first = evaluate(session, context, now, switch=ON)
    second = evaluate(session, context, now, switch=ON)
    third = evaluate(session, context, now, switch=ON, members=[member.id])

    assert [(one.membership_id, one.badge_id) for one in first] == [
        (member.id, badge.id)
    ]
    assert (second, third) == ([], [])
    assert len(awards(session)) == 1


def test_only_the_members_asked_for_are_looked_at(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    act(ada)
    act(ben)
    a_badge(session, of=context, metric="events", threshold=1)

    granted = evaluate(session, context, now, switch=ON, members=[ben.id])

    assert [one.membership_id for one in granted] == [ben.id]


@pytest.mark.parametrize("off", ["environment", "tenant", "course"])
@pytest.mark.demand("A11", "A12")
def test_while_a_switch_is_off_nothing_is_awarded_and_the_roster_is_empty(
    session: Session, act: Act, now: datetime, off: str
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    act(member)
    a_badge(session, of=context, metric="events", threshold=1)
    states = {"environment": True, "tenant": True, "course": True, off: False}
    switch = Switch(**states)

    granted = evaluate(session, context, now, switch=switch)
    roster = badges_for(session, member, now, switch=switch)

    assert (granted, awards(session)) == ([], [])
    assert (roster.enabled, roster.badges) == (False, [])


@pytest.mark.demand("A12", "A23")
def test_turning_it_on_and_off_holds_no_surprises(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    a_badge(session, of=context, metric="events", threshold=1)
    off = Switch(environment=True, tenant=True, course=False)
    context.enabled = False
    act(member)

    seen = [
        len(evaluate(session, context, now, switch=switch))
        for switch in (off, ON, off, ON)
    ]

    assert seen == [0, 1, 0, 0]
    assert badges_for(session, member, now, switch=off).badges == []
    assert len(badges_for(session, member, now, switch=ON).badges) == 1


def test_every_award_is_announced_to_its_member_alone(
    session: Session, act: Act
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    for threshold in (1, 1, 9):
        a_badge(session, of=context, metric="events", threshold=threshold)

    act(member)

    events = session.scalars(sa.select(StreamEvent).where(StreamEvent.kind == "award"))
    assert [(e.audience, e.membership_id, e.subject) for e in events] == [
        ("member", member.id, {"award": award.id}) for award in awards(session)
    ]


def expired(session: Session, member: Membership, moment: datetime) -> Award:
    (award,) = awards(session)
    award.expires_at = moment
    session.flush()
    return award


def test_an_award_expires_and_is_earned_anew_by_what_came_after(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    a_badge(session, of=context, metric="events", threshold=1)
    act(member, occurred_at=now - timedelta(days=9))
    first = expired(session, member, now - timedelta(days=1))

    evaluate(session, context, now, switch=ON)
    session.refresh(first)
    ended = (first.ended_at, first.end_reason)
    act(member, "completed")

    assert ended == (now - timedelta(days=1), "expired")
    assert [
        (award.sequence, award.ended_at is None, award.evidence["value"])
        for award in awards(session)
    ] == [(1, False, 1), (2, True, 1)]


def test_a_badge_that_is_revoked_when_unmet_follows_its_rule(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    item = an_item(session, of=context)
    badge = a_badge(session, of=context, metric="completed", threshold=1)
    badge.policy = "revoke"
    kept = a_badge(session, of=context, metric="completed", threshold=1)

    act(member, "completed", item)
    act(member, "completed", item, status="withdrawn")
    gone = [award.end_reason for award in awards(session)]
    act(member, "completed", item)

    assert kept.policy == "keep"
    assert sorted(gone, key=str) == [None, "no longer met"]
    assert sorted(
        (award.badge_id, award.sequence, award.ended_at is None)
        for award in awards(session)
    ) == [(badge.id, 1, False), (badge.id, 2, True), (kept.id, 1, True)]


@pytest.mark.demand("A10")
def test_the_database_lets_one_award_be_open_at_a_time(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    a_badge(session, of=context, metric="events", threshold=1)
    act(member)
    (award,) = awards(session)
    columns = ("context_id", "membership_id", "badge_id", "badge_version_id")
    session.add(
        Award(
            **{name: getattr(award, name) for name in columns},
            sequence=2,
            granted_at=now,
        )
    )

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


@pytest.mark.parametrize("column", ["context_id", "badge_id"])
def test_the_database_lets_no_award_mix_two_courses_or_badges(
    session: Session, act: Act, column: str
) -> None:
    context, elsewhere = a_context(session), a_context(session)
    a_badge(session, of=context, metric="events", threshold=1)
    other = {
        "context_id": elsewhere.id,
        "badge_id": a_badge(session, of=elsewhere, metric="events", threshold=1).id,
    }
    act(a_member(session, of=context))
    (award,) = awards(session)
    setattr(award, column, other[column])

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
