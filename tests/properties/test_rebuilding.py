"""Whatever arrives in whatever order: what is kept in step equals what is rebuilt."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import Fact, rebuild, record
from gamification.standings.upkeep import refresh
from models import Context, Earned, Histogram, Item, Membership, Scoring, Standing
from tests.factories import POINT, a_context, a_member, an_item
from tests.support.clock import NOW

# Posts have a daily cap, grades are corrected: these are where it can go wrong.
KINDS = (
    *("launched", "submitted", *["posted"] * 4, "completed", *["graded"] * 3),
    *["spent"] * 2,
)
PLACES = st.tuples(st.sampled_from([0, 0, 1, 2]), st.sampled_from([None, 0]))
SCORES = st.tuples(st.integers(0, 120), st.sampled_from([0, 3, 100]))


ATTEMPTS = {"posted": "abcdefgh", "graded": "abc", "spent": "abc"}


@st.composite
def acts(draw: st.DrawFn) -> dict[str, Any]:
    """One fact in small numbers, so that the same one is often reported twice."""
    kind = draw(st.sampled_from(KINDS))
    member, item = draw(PLACES)
    score, maximum = draw(SCORES)
    graded = kind == "graded"
    return {
        "kind": kind,
        "member": member,
        "item": item,
        # Enough posts for the cap of a day; other facts meet again and again.
        "attempt": draw(st.sampled_from(ATTEMPTS.get(kind, "a"))),
        "occurred_at": NOW - timedelta(hours=draw(st.sampled_from([0, 1, 2, 200]))),
        "status": draw(st.sampled_from(["normal", "normal", "late", "excused"])),
        "score": score * POINT if graded else None,
        "maximum": maximum * POINT if graded else None,
        # Of other kinds it is kept and means nothing.
        "seconds": draw(st.sampled_from([None, 0, 60, 90])),
        "seen_at": NOW - timedelta(minutes=draw(st.integers(0, 3))),
    }


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["learner", "instructor"]),
        st.sampled_from([None, True, False]),
    ),
    max_size=3,
)


@pytest.fixture(params=[False, True], ids=["as shipped", "capped results"])
def course(
    session: Session, request: pytest.FixtureRequest
) -> tuple[Context, list[Membership], list[Item]]:
    context = a_context(session, time_zone="America/Los_Angeles")
    if request.param:
        weight = Scoring(
            context_id=context.id,
            version=1,
            kind="graded",
            weight=5 * POINT,
            daily_cap=6 * POINT,
            effective_from=NOW - timedelta(hours=100),
        )
        session.add(weight)
    members = [a_member(session, of=context) for _ in range(3)]
    items = [an_item(session, of=context) for _ in range(2)]
    return context, members, items


def facts_of(
    course: tuple[Context, list[Membership], list[Item]],
    drawn: Sequence[dict[str, Any]],
) -> list[Fact]:
    context, members, items = course
    facts = []
    for one in drawn:
        rest = dict(one)
        item = rest.pop("item")
        member = members[rest.pop("member")]
        facts.append(
            Fact(
                context_id=context.id,
                membership_id=member.id,
                item_id=None if item is None else items[item].id,
                source="test",
                **rest,
            )
        )
    return facts


def derived(session: Session) -> list[Counter[tuple[Any, ...]]]:
    """Return everything derived but the moment it was written down."""
    tables: list[sa.Select[*tuple[Any, ...]]] = [
        sa.select(Earned.__table__),
        sa.select(
            Standing.membership_id,
            Standing.period,
            Standing.points,
            Standing.events,
            Standing.completed,
            Standing.audience,
        ),
        sa.select(
            Histogram.period, Histogram.audience, Histogram.points, Histogram.people
        ),
    ]
    return [Counter(map(tuple, session.execute(query))) for query in tables]


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    batches=st.lists(st.lists(acts(), min_size=8, max_size=25), min_size=1, max_size=3),
    changes=CHANGES,
)
@pytest.mark.demand("A4")
def test_derived_tables_equal_their_rebuild(
    session: Session,
    course: tuple[Context, list[Membership], list[Item]],
    now: datetime,
    batches: list[list[dict[str, Any]]],
    changes: list[tuple[int, str, bool | None]],
) -> None:
    context, members, _ = course
    with session.begin_nested() as example:
        for batch in batches:
            record(session, facts_of(course, batch), now, environment=False)
        for number, role, consent in changes:
            member = members[number]
            member.role, member.board_consent = role, consent
            refresh(session, context, [member.id])
        kept = derived(session)

        rebuild(session, context, now)

        assert kept == derived(session)
        example.rollback()
    session.expire_all()
