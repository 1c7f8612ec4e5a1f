"""Whatever people, rules and time do to a badge, one award is open at most."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.awards import badges_for, evaluate, holds
from gamification.awards.decisions import (
    DecisionRefused,
    Revocation,
    is_over,
    lift,
    renew,
    revoke,
)
from gamification.awards.giving import BARRED, Given, give
from models import Award, Badge, Membership, StreamEvent
from tests.factories import a_badge, a_member
from tests.integration.gamification.conftest import ON
from tests.support.awarding import IRIS, gift_of
from tests.support.clock import NOW

DAYS = st.none() | st.integers(1, 4)
STEPS = st.one_of(
    st.tuples(st.just("give"), DAYS),
    st.tuples(st.just("renew"), DAYS),
    st.tuples(st.just("revoke"), st.booleans()),
    st.tuples(st.sampled_from(["lift", "act", "evaluate"]), st.none()),
    st.tuples(st.just("wait"), st.integers(1, 3)),
)
Step = tuple[str, int | bool | None]


class Story:
    """One learner, one badge for two acts, and what became of it by now."""

    def __init__(self, session: Session, member: Membership, badge: Badge) -> None:
        self.session, self.member, self.badge = session, member, badge
        self.now = NOW
        self.acts = self.news = 0

    def awards(self) -> Sequence[Award]:
        query = sa.select(Award).where(Award.badge_id == self.badge.id)
        fresh = query.order_by(Award.sequence).execution_options(populate_existing=True)
        return self.session.scalars(fresh).all()

    def step(self, name: str, how: int | bool | None) -> None:
        if name == "wait":
            self.now += timedelta(days=int(how or 0))
        elif name == "evaluate":
            evaluate(self.session, self.member.context, self.now, switch=ON)
        elif name == "act":
            self._act()
        elif name == "give":
            self._give(self._in(how))
        elif self.awards():
            self._decide(self.awards()[-1], name, how)

    def _act(self) -> None:
        self.acts += 1
        fact = Fact(
            context_id=self.member.context_id,
            membership_id=self.member.id,
            kind="submitted",
            occurred_at=self.now,
            source="test",
            attempt=str(self.acts),
        )
        record(self.session, [fact], self.now, environment=True)

    def _give(self, until: datetime | None) -> None:
        before = self.awards()
        has_open = any(not is_over(award, self.now) for award in before)
        is_barred = any(award.bars_regrant for award in before)
        gift = gift_of(self.member, self.badge, expires_at=until)

        (outcome,) = give(self.session, self.member.context, [gift], IRIS, self.now)

        assert (outcome == BARRED) == is_barred
        if isinstance(outcome, Given):
            assert outcome.is_new != has_open
            assert len(self.awards()) == len(before) + outcome.is_new

    def _decide(self, award: Award, name: str, how: int | bool | None) -> None:
        if name == "lift":
            self.news += lift(self.session, award, self.now)
            return
        was_over = is_over(award, self.now)
        try:
            if name == "renew":
                self.news += renew(self.session, award, self._in(how), self.now)
            else:
                revoke(
                    self.session, award, Revocation("x", bars=bool(how)), IRIS, self.now
                )
                self.news += 1
        except DecisionRefused:
            assert was_over
        else:
            assert not was_over

    def _in(self, days: int | bool | None) -> datetime | None:
        return None if days is None else self.now + timedelta(days=days)

    def check(self) -> None:
        awards = self.awards()
        written = [award for award in awards if award.ended_at is None]
        is_open = any(not is_over(award, self.now) for award in awards)
        is_barred = any(award.bars_regrant for award in awards)
        held = holds(self.session, self.member, self.badge, self.now)
        (shown,) = badges_for(self.session, self.member, self.now, switch=ON).badges

        assert len(written) <= 1
        assert [one.sequence for one in awards] == list(range(1, len(awards) + 1))
        assert shown.earned == held
        assert not (is_open and is_barred)
        assert held or not is_open
        assert not (held and is_barred)
        kinds = self.session.scalars(
            sa.select(StreamEvent.kind).where(StreamEvent.kind.startswith("award"))
        ).all()
        assert kinds.count("award") == len(awards)
        assert len(kinds) == len(awards) + self.news

    def settle(self) -> None:
        """Write down what is earned: then it is held by an award, or it is not."""
        held = holds(self.session, self.member, self.badge, self.now)
        evaluate(self.session, self.member.context, self.now, switch=ON)
        assert held == any(award.ended_at is None for award in self.awards())


@pytest.fixture
def story(session: Session) -> Story:
    member = a_member(session)
    badge = a_badge(session, of=member.context, metric="events", threshold=2)
    return Story(session, member, badge)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, max_size=12))
def test_a_badge_is_held_once_whoever_decides(story: Story, steps: list[Step]) -> None:
    session = story.session
    with session.begin_nested() as example:
        told = Story(session, story.member, story.badge)
        for name, how in steps:
            told.step(name, how)
            told.check()
        told.settle()
        told.check()
        example.rollback()
    session.expire_all()
