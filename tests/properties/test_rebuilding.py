"""Whatever arrives in whatever order: what is kept in step equals what is rebuilt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import Fact, rebuild, record
from gamification.standings.upkeep import refresh
from models import Context, Item, Membership, Scoring
from tests.factories import POINT, a_context, a_member, an_item
from tests.properties.derived import People, derived
from tests.support.clock import NOW

# Posts have a daily cap, grades are corrected: these are where it can go wrong.
KINDS = (
    *("launched", "submitted", *["posted"] * 4, "completed", *["graded"] * 3),
    *["spent"] * 2,
)
PLACES = st.tuples(st.sampled_from([0, 0, 1, 2]), st.sampled_from([None, 0]))
SCORES = st.tuples(st.integers(0, 120), st.sampled_from([0, 3, 100]))


STATUSES = ["normal", "normal", "normal", "late", "excused", "withdrawn"]
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
        "status": draw(st.sampled_from(STATUSES)),
        "score": score * POINT if graded else None,
        "maximum": maximum * POINT if graded else None,
        # Of other kinds it is kept and means nothing.
        "seconds": draw(st.sampled_from([None, 0, 60, 90])),
        "seen_at": NOW - timedelta(minutes=draw(st.integers(0, 3))),
    }


WHO = st.integers(0, 2)
CHANGES = st.tuples(
    st.just("change"),
    WHO,
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["learner", "instructor"]),
            "board_consent": st.sampled_from([None, True, False]),
            "status": st.sampled_from(["active", "active", "left"]),
        }
    ),
)
MERGES = st.tuples(st.just("merge"), WHO, WHO)
FACTS = st.tuples(st.just("record"), st.lists(acts(), min_size=8, max_size=25))
STEPS = st.lists(
    st.one_of(FACTS, FACTS, FACTS, CHANGES, MERGES, st.tuples(st.just("part"))),
    min_size=2,
    max_size=7,
)


@pytest.fixture(params=[False, True], ids=["as shipped", "capped results"])
def course(
    session: Session, request: pytest.FixtureRequest
) -> tuple[Context, list[Membership]]:
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
    return context, members


class Story:
    """A course, and what happens in it."""

    def __init__(
        self,
        session: Session,
        context: Context,
        members: list[Membership],
        now: datetime,
    ) -> None:
        self.session, self.context, self.now = session, context, now
        self.people = People(session, members)
        self.items: list[Item] = [an_item(session, of=context) for _ in range(2)]

    def record(self, drawn: Sequence[dict[str, Any]]) -> None:
        record(self.session, list(map(self._fact, drawn)), self.now, environment=False)

    def merge(self, kept: int, gone: int) -> None:
        self.people.merge(kept, gone, self.now)

    def part(self) -> None:
        self.people.part(self.now)

    def change(self, who: int, columns: dict[str, Any]) -> None:
        member = self.people[who]
        for name, value in columns.items():
            setattr(member, name, value)
        refresh(self.session, self.context, [member.id])

    def _fact(self, drawn: dict[str, Any]) -> Fact:
        rest = dict(drawn)
        item, member = rest.pop("item"), self.people[rest.pop("member")]
        return Fact(
            context_id=self.context.id,
            membership_id=member.id,
            item_id=None if item is None else self.items[item].id,
            source="test",
            **rest,
        )


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
@pytest.mark.demand("A4")
def test_derived_tables_equal_their_rebuild(
    session: Session,
    course: tuple[Context, list[Membership]],
    now: datetime,
    steps: list[tuple[Any, ...]],
) -> None:
    context, members = course
    with session.begin_nested() as example:
        story = Story(session, context, members, now)
        for word, *rest in steps:
            getattr(story, word)(*rest)
        kept = derived(session)

        rebuild(session, context, now)

        assert kept == derived(session)
        example.rollback()
    session.expire_all()
