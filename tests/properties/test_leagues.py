"""Whoever comes, goes, is merged or corrected: leagues are what they would be dealt as."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.metrics import day_of, week_key
from gamification.standings import refresh
from gamification.standings.dealing import choose_leagues, deal, due_leagues
from models import LeagueDraw, LeaguePlace, Membership, PersonMerge, Standing
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import a_fact
from tests.support.clock import NOW
from tests.support.merging import merged, parted

PEOPLE = 34
WEEK = timedelta(weeks=1)
Act = Callable[[], object]
WHO = st.integers(0, PEOPLE - 1)
CHANGES = st.one_of(
    st.tuples(st.just("acts"), st.lists(WHO, min_size=1, max_size=8)),
    st.tuples(st.just("late"), st.lists(WHO, min_size=1, max_size=4)),
    st.tuples(st.sampled_from(["joins", "hides", "leaves", "returns"]), WHO),
    st.tuples(st.sampled_from(["no leagues", "leagues"]), WHO),
    st.tuples(st.just("merge"), st.lists(WHO, min_size=2, max_size=2, unique=True)),
    st.tuples(st.sampled_from(["unmerge", "deal", "week"]), st.none()),
)


class Course:
    """A course with leagues to which things happen, and its clock."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, NOW
        self.context = a_context(
            session,
            board_enabled=True,
            board_participation="opt_out",
            board_leagues=True,
            time_zone="Pacific/Auckland",
        )
        self.people = [a_member(session, of=self.context) for _ in range(PEOPLE)]
        self.merges: list[PersonMerge] = []
        self.acts = 0
        self.act(list(range(PEOPLE)), NOW - WEEK)

    def act(self, numbers: list[int], moment: datetime) -> None:
        """Let people hand something in: the n-th of them n times."""
        facts = []
        for number in numbers:
            for _ in range(1 + number % 7):
                self.acts += 1
                facts.append(
                    a_fact(
                        self.people[number],
                        attempt=str(self.acts),
                        occurred_at=moment,
                        seen_at=moment,
                    )
                )
        record(self.session, facts, self.now, environment=False)

    def change(self, what: str, whom: Any) -> None:  # noqa: ANN401 -- as drawn
        changes: dict[str, Act] = {
            "acts": lambda: self.act(whom, self.now),
            "late": lambda: self.act(whom, self.now - WEEK),
            "joins": lambda: self.put(whom, board_consent=True),
            "hides": lambda: self.put(whom, board_consent=False),
            "leaves": lambda: self.put(whom, status="left"),
            "returns": lambda: self.put(whom, status="active"),
            "leagues": lambda: self.choose(whom, wanted=True),
            "no leagues": lambda: self.choose(whom, wanted=False),
            "merge": lambda: self.merge(*whom),
            "unmerge": self.part,
            "deal": self.deal,
            "week": self.next_week,
        }
        changes[what]()

    def deal(self) -> bool:
        return deal(self.session, self.context, self.now)

    def next_week(self) -> None:
        self.now += WEEK
        self.deal()

    def choose(self, number: int, *, wanted: bool) -> None:
        choose_leagues(self.session, self.people[number], self.now, wanted=wanted)

    def merge(self, one: int, other: int) -> None:
        kept, gone = self.people[one], self.people[other]
        if not self.is_given_up(kept, gone):
            self.merges.append(merged(self.session, kept, gone, self.now))

    def part(self) -> None:
        if self.merges:
            parted(self.session, self.merges.pop(), self.now)

    def put(self, number: int, **columns: object) -> None:
        member = self.people[number]
        if self.is_given_up(member):
            return
        for name, value in columns.items():
            setattr(member, name, value)
        refresh(self.session, self.context, [member.id])

    def is_given_up(self, *members: Membership) -> bool:
        """Tell whether one of them is a user who was merged into another."""
        gone = {row.merged_id for row in self.merges}
        return any(member.user_id in gone for member in members)

    @property
    def week(self) -> str:
        return week_key(day_of(self.now, self.context.zone))

    def playing(self) -> set[int]:
        """Return who is on the board of these five weeks and wants a league, if any."""
        draw = self.session.get_one(LeagueDraw, (self.context.id, self.week))
        if not draw.has_leagues:
            return set()
        today = day_of(self.now, self.context.zone)
        weeks = [week_key(today - n * WEEK) for n in range(5)]
        rows = self.session.scalars(
            sa.select(Standing.membership_id)
            .join(Membership, Membership.id == Standing.membership_id)
            .where(
                Standing.context_id == self.context.id,
                Standing.period.in_(weeks),
                Membership.role == "learner",
                Membership.status == "active",
                sa.func.coalesce(Membership.board_consent, sa.true()),
                Membership.leagues_left_at.is_(None),
            )
        )
        return set(rows)

    def rows(self) -> dict[int, tuple[int, int | None]]:
        query = sa.select(
            LeaguePlace.membership_id, LeaguePlace.points, LeaguePlace.league
        ).where(LeaguePlace.week == self.week)
        return {member: (own, n) for member, own, n in self.session.execute(query)}

    def forget(self, *, draw: bool) -> None:
        """Take what was found for this week away: who is where, or the draw, too."""
        if draw:
            of = LeagueDraw.week == self.week
            self.session.execute(sa.delete(LeaguePlace))
            self.session.execute(sa.delete(LeagueDraw).where(of))
        else:
            self.session.execute(sa.update(LeaguePlace).values(league=None))
        self.session.expire_all()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(CHANGES, min_size=1, max_size=12))
def test_leagues_are_what_they_would_be_dealt_as(
    session: Session, changes: list[tuple[str, Any]]
) -> None:
    with session.begin_nested() as example:
        course = Course(session)
        course.deal()
        for what, whom in changes:
            course.change(what, whom)
            is_due = due_leagues(session, course.now) == [course.context.id]
            assert course.deal() == is_due
        kept = course.rows()

        rebuild(session, course.context, course.now)
        rebuilt = course.deal()
        course.forget(draw=False)
        course.deal()

        leagues = Counter(league for _, league in kept.values() if league)
        playing = course.playing()
        fewest = min(10, len(playing))
        assert {member for member, (_, league) in kept.items() if league} == playing
        assert sorted(leagues) == list(range(1, len(leagues) + 1))
        assert all(fewest <= size <= 20 for size in leagues.values())
        assert rebuilt is False
        assert course.rows() == kept
        example.rollback()
    session.expire_all()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(CHANGES, max_size=8))
def test_a_week_that_is_drawn_again_on_its_monday_is_drawn_the_same(
    session: Session, changes: list[tuple[str, Any]]
) -> None:
    with session.begin_nested() as example:
        course = Course(session)
        for what, whom in changes:
            course.change(what, whom)
        course.next_week()
        drawn = course.rows()

        course.forget(draw=True)
        course.deal()

        assert course.rows() == drawn
        sizes = Counter(league for _, league in drawn.values()).values()
        assert max(sizes, default=0) - min(sizes, default=0) <= 1
        example.rollback()
    session.expire_all()
