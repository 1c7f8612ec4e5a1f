"""Random people and acts: a merge taken back leaves no trace, in any order it adds up."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.awards import evaluate_silently
from gamification.standings import standing_of
from models import Membership
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, a_fact
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.merging import also_in, everything, merged, parted

KINDS = ("submitted", "posted", "completed", "graded", "spent")
ACTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(KINDS),
        st.integers(0, 2),
        st.integers(0, 10),
        st.integers(0, 20),
    ),
    max_size=14,
)
OVER = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 20)),
    max_size=3,
    unique_by=lambda one: one[0],
)
WEEK = timedelta(days=7)
ONCE = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
Act = tuple[int, str, int, int, int]
Over = tuple[int, int]
numbers = count()


def a_class(session: Session, acts: list[Act]) -> list[Membership]:
    """Build three people of two courses who did this: who, what, where, how well, when."""
    context = a_context(session, board_enabled=True, board_participation="all")
    other = a_context(session, registration=context.registration)
    a_badge(session, of=context, metric="events", threshold=2)
    a_badge(session, of=context, metric="score", threshold=12)
    a_badge(session, of=context, metric="time_spent", threshold=10)
    people = [a_member(session, of=context, alias=f"A {next(numbers)}") for _ in "abc"]
    places = [also_in(session, people[0], other), also_in(session, people[1], other)]
    items = [an_item(session, of=context) for _ in range(3)]
    for who, kind, where, well, ago in acts:
        score = {"score": well * 10 * POINT} if kind == "graded" else {}
        moment = NOW - timedelta(hours=ago)
        named = {"occurred_at": moment, "seen_at": moment, **score, "seconds": well}
        fact = a_fact(people[who], kind, items[where], **named)
        record(session, [fact], NOW, environment=True)
    facts = [a_fact(place, attempt=str(place.id)) for place in places]
    record(session, facts, NOW, environment=True)
    return people


def let_end(session: Session, people: list[Membership], over: list[Over]) -> None:
    """Give people what a merge may end: for doing little, and for a time.

    Of some that time was over so many hours ago, and nobody has noticed.
    """
    context = people[0].context
    expiring = a_badge(session, of=context, metric="events", threshold=3)
    few = {"metric": "events", "at_most": 2}
    a_badge(session, of=context, criterion=few, policy="revoke")
    evaluate_silently(session, context, NOW, switch=ON)
    for who, ago in over:
        award = an_award(session, people[who], expiring, NOW - WEEK)
        award.expires_at = NOW - timedelta(hours=ago)


@ONCE
@given(ACTS, OVER)
def test_a_merge_that_is_taken_back_leaves_everything_as_it_was(
    session: Session, acts: list[Act], over: list[Over]
) -> None:
    ada, ben, cy = people = a_class(session, acts)
    let_end(session, people, over)
    # Whoever looked would notice what is over, and that is no part of a reversal.
    looks = not over
    before = everything(session)

    first = merged(session, ada, ben)
    between = everything(session)
    second = merged(session, cy, ada)
    parted(session, second, environment=looks)

    assert everything(session) == between
    parted(session, first, environment=looks)
    assert everything(session) == before


@ONCE
@given(ACTS)
def test_in_whatever_order_three_are_one_they_have_the_same_points(
    session: Session, acts: list[Act]
) -> None:
    ada, ben, cy = a_class(session, acts)
    found = set()

    for order in (
        [(ada, ben), (ada, cy)],
        [(ada, cy), (ada, ben)],
        [(ben, cy), (ada, ben)],
        [(cy, ben), (ada, cy)],
    ):
        attempt = session.begin_nested()
        for kept, gone in order:
            merged(session, kept, gone)
        found.add(standing_of(session, ada).points)
        attempt.rollback()
        session.expire_all()

    assert len(found) == 1
