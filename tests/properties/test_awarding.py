"""Awarding fact by fact comes to the same as one look at the end."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.awards import evaluate, holds
from gamification.metrics import METRICS
from gamification.switches import Switch
from models import Award, Badge, Context, Item, Membership
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.support.clock import NOW

ON = Switch(environment=True, tenant=True, course=True)
# Nothing here takes a fact back: then keeping what was won equals counting anew.
ACTS = st.fixed_dictionaries(
    {
        "member": st.integers(0, 2),
        "item": st.integers(0, 2),
        "kind": st.sampled_from(
            ["submitted", "posted", "completed", "graded", "spent"]
        ),
        "day": st.integers(0, 3),
        "attempt": st.integers(0, 1_000_000),
    }
)


@pytest.fixture
def course(
    session: Session,
) -> tuple[Context, list[Membership], list[Item], list[Badge]]:
    context = a_context(session)
    badges = [
        a_badge(session, of=context, metric=metric, threshold=threshold)
        for metric in METRICS
        for threshold in (1, 2, 4)
    ]
    members = [a_member(session, of=context) for _ in range(3)]
    return context, members, [an_item(session, of=context) for _ in range(3)], badges


def a_fact(member: Membership, item: Item, act: dict[str, Any]) -> Fact:
    result = POINT if act["kind"] == "graded" else None
    return Fact(
        context_id=member.context_id,
        membership_id=member.id,
        item_id=item.id,
        kind=act["kind"],
        occurred_at=NOW.replace(day=NOW.day - act["day"]),
        source="test",
        attempt=str(act["attempt"]),
        score=result,
        seconds=2,
        maximum=result,
    )


def held(session: Session) -> set[tuple[int, int]]:
    rows = session.execute(sa.select(Award.membership_id, Award.badge_id))
    return {(member, badge) for member, badge in rows}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(ACTS, max_size=14))
@pytest.mark.demand("A28")
def test_incremental_awards_equal_a_backfill(
    session: Session,
    course: tuple[Context, list[Membership], list[Item], list[Badge]],
    now: datetime,
    acts: list[dict[str, Any]],
) -> None:
    context, members, items, badges = course
    facts = [a_fact(members[one["member"]], items[one["item"]], one) for one in acts]

    with session.begin_nested() as example:
        for fact in facts:
            record(session, [fact], now, environment=True)
        incremental = held(session)
        example.rollback()
    with session.begin_nested() as example:
        record(session, facts, now, environment=False)
        expected = {
            (member.id, badge.id)
            for member in members
            for badge in badges
            if holds(session, member, badge, now)
        }
        evaluate(session, context, now, switch=ON)
        backfilled = held(session)
        example.rollback()
    session.expire_all()

    assert incremental == backfilled == expected
