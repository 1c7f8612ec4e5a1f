"""The one writer: idempotent, append-only, in order, within its course."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.standings import standing_of
from models import Earned, Scoring, Standing
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act, a_fact, counts, log
from tests.support.measuring import percents, values


def test_the_same_fact_again_changes_nothing(session: Session, act: Act) -> None:
    member = a_member(session)
    item = an_item(session, of=member.context)

    first = act(member, "completed", item)
    again = act(member, "completed", item, source="another")

    assert (counts(first), counts(again)) == ((1, 0, 0, 0), (0, 0, 1, 0))
    assert len(log(session)) == 1


def test_a_correction_supersedes_and_the_act_does_not_move(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    item = an_item(session, of=member.context)
    yesterday = now - timedelta(days=1)

    act(member, "graded", item, score=50 * POINT, occurred_at=yesterday)
    corrected = act(member, "graded", item, score=80 * POINT, occurred_at=now)

    old, new = log(session)
    assert counts(corrected) == (0, 1, 0, 0)
    assert (old.superseded_at, old.revision, old.score) == (now, 1, 50 * POINT)
    assert (new.superseded_at, new.revision, new.score) == (None, 2, 80 * POINT)
    assert (old.occurred_at, new.occurred_at) == (yesterday, yesterday)
    assert percents(session, member.context_id, item.id) == {member.id: 80}
    assert standing_of(session, member).points == 4


def test_an_older_sighting_never_supersedes_a_newer_one(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    item = an_item(session, of=member.context)
    act(member, "graded", item, score=80 * POINT, seen_at=now - timedelta(hours=1))

    late = act(
        member, "graded", item, score=50 * POINT, seen_at=now - timedelta(hours=2)
    )
    newer = act(member, "graded", item, score=90 * POINT, seen_at=now)

    assert (counts(late), counts(newer)) == ((0, 0, 1, 0), (0, 1, 0, 0))
    assert [row.score for row in log(session)] == [80 * POINT, 90 * POINT]


def test_what_was_seen_so_again_is_as_new_as_its_last_sighting(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    item = an_item(session, of=member.context)
    hours = [now - timedelta(hours=hours) for hours in (3, 1, 2)]

    act(member, "graded", item, score=80 * POINT, seen_at=hours[0])
    again = act(member, "graded", item, score=80 * POINT, seen_at=hours[1])
    late = act(member, "graded", item, score=50 * POINT, seen_at=hours[2])

    assert (counts(again), counts(late)) == ((0, 0, 1, 0), (0, 0, 1, 0))
    (only,) = log(session)
    assert (only.score, only.seen_at, only.revision) == (80 * POINT, hours[1], 1)


def test_a_cleared_grade_takes_its_points_back(session: Session, act: Act) -> None:
    member = a_member(session)
    item = an_item(session, of=member.context)
    act(member, "graded", item)

    act(member, "graded", item, status="withdrawn", score=None, maximum=None)

    assert standing_of(session, member).points == 0
    assert session.scalars(sa.select(Earned.contribution_id)).all() == []
    assert session.scalars(sa.select(Standing.period)).all() == []


def test_a_fact_that_comes_twice_in_a_batch_is_corrected_in_order(
    session: Session, now: datetime
) -> None:
    member = a_member(session)
    item = an_item(session, of=member.context)
    scores = (10, 90, 90)

    facts = [a_fact(member, "graded", item, score=score * POINT) for score in scores]
    recorded = record(session, facts, now, environment=True)

    assert counts(recorded) == (1, 1, 1, 0)
    assert [row.score for row in log(session)] == [10 * POINT, 90 * POINT]


def test_strangers_and_the_future_are_refused_and_the_rest_is_recorded(
    session: Session, now: datetime
) -> None:
    ada, otto = a_member(session), a_member(session)
    foreign = an_item(session, of=otto.context)
    facts = [
        a_fact(ada, "completed", foreign),
        a_fact(ada, occurred_at=now + timedelta(minutes=6)),
        a_fact(ada, "posted", occurred_at=now + timedelta(minutes=4)),
        a_fact(ada),
    ]
    stranger = a_fact(otto)
    object.__setattr__(stranger, "context_id", ada.context_id)
    nowhere = a_fact(otto)
    object.__setattr__(nowhere, "context_id", 10**9)

    recorded = record(session, [*facts, stranger, nowhere], now, environment=True)

    assert counts(recorded) == (2, 0, 0, 4)
    assert {refused.reason for refused in recorded.refused} == {
        "this is not an item of the course",
        "it lies in the future",
        "this is not a member of the course",
        "there is no such course",
    }


def test_facts_of_several_courses_go_to_their_courses(
    session: Session, now: datetime
) -> None:
    ada, otto = a_member(session), a_member(session)

    record(session, [a_fact(otto), a_fact(ada)], now, environment=True)

    for member in (ada, otto):
        assert values(session, member.context_id, "events") == {member.id: 1}


def test_a_badge_comes_with_the_fact_that_earns_it(session: Session, act: Act) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    badge = a_badge(session, of=context, metric="events", threshold=2)

    first, second = act(member), act(member, "completed")

    assert first.awarded == []
    assert [granted.badge_id for granted in second.awarded] == [badge.id]


def test_while_it_is_off_facts_are_kept_and_nothing_is_awarded(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    a_badge(session, of=context, metric="events", threshold=1)

    recorded = record(session, [a_fact(member)], now, environment=False)

    assert (counts(recorded), recorded.awarded) == ((1, 0, 0, 0), [])
    assert values(session, context.id, "events") == {member.id: 1}


@pytest.mark.demand("A2")
def test_posts_beyond_the_cap_of_a_day_earn_nothing_in_whatever_batches(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    late = [a_fact(member, "posted", attempt=f"late {n}") for n in range(4)]
    record(session, late, now, environment=True)
    for number in range(3):
        act(
            member,
            "posted",
            attempt=f"early {number}",
            occurred_at=now - timedelta(hours=1),
        )

    standing = standing_of(session, member)
    assert (standing.points, standing.events) == (5, 7)


def test_a_changed_weight_counts_after_a_rebuild(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    act(member, occurred_at=now - timedelta(days=2))
    act(member, "completed")
    session.add(
        Scoring(
            context_id=member.context_id,
            version=1,
            kind="submitted",
            weight=7 * POINT,
            effective_from=now - timedelta(days=3),
        )
    )

    rebuild(session, member.context, now)

    assert standing_of(session, member).points == 10


def test_another_zone_moves_days_and_weeks_after_a_rebuild(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session, time_zone="UTC")
    member = a_member(session, of=context)
    sunday_night = now.replace(hour=23, minute=30) - timedelta(days=7)
    act(member, occurred_at=sunday_night)
    before = standing_of(session, member, "2026-W46").points

    context.time_zone = "Europe/Berlin"
    rebuild(session, context, now)

    assert before == 2
    assert standing_of(session, member, "2026-W46").points == 0
    assert standing_of(session, member, "2026-W47").points == 2
