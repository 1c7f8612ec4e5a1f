"""Whatever happens while time passes: standings equal their rebuild, the old stay."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import Fact, rebuild, record
from gamification.standings.freezing import freeze, frozen_rows
from gamification.standings.upkeep import refresh
from models import Context, Membership, Standing
from tests.factories import POINT, a_context, a_member
from tests.properties.derived import People, derived
from tests.support.clock import NOW

PEOPLE = 3
WHO = st.integers(0, PEOPLE - 1)
KINDS = st.sampled_from(["submitted", "posted", "posted", "completed", "graded"])
ATTEMPTS = st.sampled_from("abc")
ACTS = st.tuples(
    st.just("act"),
    WHO,
    KINDS,
    ATTEMPTS,
    st.integers(0, 25),
    st.integers(0, 100),
)
CHANGES = st.one_of(
    st.tuples(st.just("consent"), WHO, st.sampled_from([None, True, False])),
    st.tuples(st.just("role"), WHO, st.sampled_from(["learner", "instructor"])),
    st.tuples(st.just("status"), WHO, st.sampled_from(["active", "left"])),
)
STEPS = st.lists(
    st.one_of(
        ACTS,
        ACTS,
        ACTS,
        CHANGES,
        st.tuples(st.just("withdraw"), WHO, KINDS, ATTEMPTS),
        st.tuples(st.just("merge"), WHO, WHO),
        st.tuples(st.just("part")),
        st.tuples(st.just("wait"), st.integers(1, 12)),
        st.tuples(st.just("zone"), st.sampled_from(["UTC", "Pacific/Honolulu"])),
        st.tuples(st.just("rebuild")),
    ),
    min_size=5,
    max_size=25,
)
FIXED: dict[str, Any] = {
    "created_at": NOW - timedelta(days=60),
    "term_start": date(2026, 11, 10),
    "term_end": date(2026, 11, 27),
    "ranked_from": date(2026, 11, 10),
    "ranked_to": date(2026, 11, 27),
    "ranked_since": date(2026, 11, 1),
}


class Story:
    """A course, and the hand that moves its clock."""

    def __init__(self, session: Session, members: list[Membership]) -> None:
        self.session, self.people = session, People(session, members)
        self.context: Context = members[0].context
        self.now: datetime = NOW

    def act(self, who: int, kind: str, attempt: str, days: int, percent: int) -> None:
        graded = {"score": percent * POINT, "maximum": 100 * POINT}
        self._record(who, kind, attempt, days, **(graded if kind == "graded" else {}))

    def withdraw(self, who: int, kind: str, attempt: str) -> None:
        self._record(who, kind, attempt, 0, status="withdrawn")

    def _record(
        self,
        who: int,
        kind: str,
        attempt: str,
        days: int,
        **rest: Any,  # noqa: ANN401 -- other fields of the fact
    ) -> None:
        fact = Fact(
            context_id=self.context.id,
            membership_id=self.people[who].id,
            kind=kind,
            attempt=attempt,
            occurred_at=self.now - timedelta(days=days),
            source="test",
            **rest,
        )
        record(self.session, [fact], self.now, environment=False)

    def merge(self, kept: int, gone: int) -> None:
        self.people.merge(kept, gone, self.now)

    def part(self) -> None:
        self.people.part(self.now)

    def consent(self, who: int, word: bool | None) -> None:
        self._change(who, "board_consent", word)

    def role(self, who: int, role: str) -> None:
        self._change(who, "role", role)

    def status(self, who: int, status: str) -> None:
        self._change(who, "status", status)

    def _change(self, who: int, column: str, value: object) -> None:
        member = self.people[who]
        setattr(member, column, value)
        refresh(self.session, self.context, [member.id])

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def zone(self, zone: str) -> None:
        freeze(self.session, self.context, self.now)
        self.context.time_zone = zone
        rebuild(self.session, self.context, self.now)

    def rebuild(self) -> None:
        rebuild(self.session, self.context, self.now)

    def frozen(self) -> set[tuple[Any, ...]]:
        """Return what nobody may move any more."""
        rows = sa.select(Standing.period, Standing.membership_id, Standing.points)
        return set(
            map(
                tuple,
                self.session.execute(
                    rows.where(frozen_rows(self.context, Standing.period))
                ),
            )
        )


@pytest.fixture
def members(session: Session) -> list[Membership]:
    context = a_context(session, time_zone="UTC", **FIXED)
    return [a_member(session, of=context) for _ in range(PEOPLE)]


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_frozen_rows_stay_and_the_rest_equals_its_rebuild(
    session: Session, members: list[Membership], steps: list[tuple[Any, ...]]
) -> None:
    with session.begin_nested() as example:
        story = Story(session, members)
        for word, *rest in steps:
            before = story.frozen()
            getattr(story, word)(*rest)
            session.flush()
            assert before <= story.frozen()
        freeze(session, story.context, story.now)
        kept = derived(session)

        rebuild(session, story.context, story.now)

        assert derived(session) == kept
        example.rollback()
    session.expire_all()
