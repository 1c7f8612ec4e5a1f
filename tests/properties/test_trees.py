"""Any rule over any log: what is read is what is written, and on both databases alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, SessionTransaction

from gamification.activity import Fact, record
from gamification.activity.item_sets import SetTold, set_item_sets
from gamification.awards import badges_for, evaluate, holds
from gamification.awards.preview import Proposal, preview
from gamification.catalog import Criterion
from gamification.switches import Switch
from models import Award, Badge, BadgeVersion, Context, Item, Membership
from models.db import tune_sqlite
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.properties.trees import (
    ACTS,
    KEYS,
    PEOPLE,
    PREREQUISITES,
    SETS,
    TERM,
    TREES,
)
from tests.support.by_hand import Deed, Person
from tests.support.clock import NOW
from tests.support.databases import Databases

ON = Switch(environment=True, tenant=True, course=True)
EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Course:
    """A course of two people and three quizzes, with a badge for each of some rules."""

    def __init__(self, session: Session) -> None:
        self.session = session
        first, last = TERM
        self.context: Context = a_context(
            session,
            term_start=first,
            term_end=last,
            ranked_from=first,
            ranked_to=last,
        )
        self.people: list[Membership] = [
            a_member(session, of=self.context) for _ in range(PEOPLE)
        ]
        self.items: list[Item] = [
            an_item(session, of=self.context, key=key) for key in KEYS[:3]
        ]
        ids = {item.key: item.id for item in self.items}
        sets = [
            SetTold(key, "module", key, tuple(ids[item] for item in items))
            for key, items in SETS.items()
        ]
        set_item_sets(session, self.context, "test", sets, NOW)
        for key, rule in PREREQUISITES.items():
            # Kept for good, it would tell what a correction has taken back.
            a_badge(session, of=self.context, key=key, criterion=rule, policy="revoke")

    def with_rule(self, rule: dict[str, Any], policy: str = "keep") -> Badge:
        return a_badge(self.session, of=self.context, criterion=rule, policy=policy)

    def fact(self, act: dict[str, Any]) -> Fact:
        result: dict[str, Any] = {}
        if act["kind"] == "graded":
            result = {name: act[name] * POINT for name in ("score", "maximum")}
        return Fact(
            context_id=self.context.id,
            membership_id=self.people[act["member"]].id,
            item_id=self.items[act["item"]].id,
            kind=act["kind"],
            status=act["status"],
            occurred_at=NOW - timedelta(days=act["day"]),
            source="test",
            attempt=str(act["attempt"]),
            seconds=act["seconds"],
            **result,
        )

    def by_hand(self, member: int, acts: list[dict[str, Any]]) -> Person:
        """Return what a person did in the end: a correction keeps the first day."""
        last: dict[tuple[Any, ...], dict[str, Any]] = {}
        for act in acts:
            if act["member"] == member:
                key = (act["kind"], act["item"], act["attempt"])
                day = last.get(key, act)["day"]
                last[key] = {**act, "day": day}
        deeds = [self._deed(act) for act in last.values()]
        person = Person(deeds, frozenset(), NOW.date(), SETS, TERM)
        for badge, rule in PREREQUISITES.items():
            if person.meets(rule):
                person = replace(person, badges=person.badges | {badge})
        return person

    def _deed(self, act: dict[str, Any]) -> Deed:
        score = None
        if act["kind"] == "graded" and act["maximum"]:
            score = Fraction(act["score"], act["maximum"])
        return Deed(
            item=KEYS[act["item"]],
            kind=act["kind"],
            status=act["status"],
            day=NOW.date() - timedelta(days=act["day"]),
            order=f"{act['item']}:{act['attempt']}",
            score=score,
            seconds=act["seconds"] or 0,
        )

    def held(self, badge: Badge) -> list[bool]:
        query = sa.select(Award.membership_id).where(
            Award.badge_id == badge.id, Award.ended_at.is_(None)
        )
        holders = set(self.session.scalars(query))
        return [person.id in holders for person in self.people]

    def read(self, badge: Badge, now: datetime) -> list[bool]:
        return [holds(self.session, person, badge, now) for person in self.people]


@contextmanager
def example(session: Session) -> Iterator[SessionTransaction]:
    with session.begin_nested() as savepoint:
        yield savepoint
        savepoint.rollback()
    session.expire_all()


@pytest.fixture
def course(session: Session) -> Course:
    return Course(session)


@EXAMPLES
@given(rule=TREES, acts=st.lists(ACTS, max_size=12))
def test_what_is_read_is_what_is_written(
    course: Course, now: datetime, rule: dict[str, Any], acts: list[dict[str, Any]]
) -> None:
    session = course.session
    with example(session):
        record(session, list(map(course.fact, acts)), now, environment=False)
        evaluate(session, course.context, now, switch=ON)
        proposal = Proposal(Criterion.from_json(rule))
        foreseen = preview(session, course.context, proposal, now).gains
        badge = course.with_rule(rule)
        read = course.read(badge, now)
        shown = [
            {b.key: b for b in badges_for(session, one, now, switch=ON).badges}[
                badge.key
            ]
            for one in course.people
        ]

        evaluate(session, course.context, now, switch=ON)
        written = course.held(badge)

    assert read == written == [one.earned for one in shown]
    by_hand = [course.by_hand(number, acts).meets(rule) for number in range(PEOPLE)]
    assert written == by_hand
    assert foreseen.count == len(foreseen.members) == sum(written)
    assert all(one.earned == (one.percent == 100) for one in shown)
    assert all(one.earned == (one.missing == ()) for one in shown)
    assert all(0 <= one.progress <= one.threshold for one in shown)


@EXAMPLES
@given(rule=TREES, acts=st.lists(ACTS, max_size=10))
def test_act_by_act_comes_to_the_same_as_one_look_at_the_end(
    course: Course, now: datetime, rule: dict[str, Any], acts: list[dict[str, Any]]
) -> None:
    session, criterion = course.session, Criterion.from_json(rule)
    facts = list(map(course.fact, acts))
    with example(session):
        kept, revoked = course.with_rule(rule), course.with_rule(rule, "revoke")
        evaluate(session, course.context, now, switch=ON)
        for fact in facts:
            record(session, [fact], now, environment=True)
        stepwise = course.held(kept), course.held(revoked)
    with example(session):
        kept, revoked = course.with_rule(rule), course.with_rule(rule, "revoke")
        record(session, facts, now, environment=False)
        evaluate(session, course.context, now, switch=ON)
        at_once = course.held(kept), course.held(revoked)

    # A correction may take a result back; what only grows is then kept, too.
    keys = [(act["member"], act["item"], act["kind"], act["attempt"]) for act in acts]
    is_corrected = len(set(keys)) < len(keys)
    assert stepwise[1] == at_once[1]
    assert all(more >= less for more, less in zip(stepwise[0], at_once[0], strict=True))
    if criterion.monotone and not is_corrected:
        assert stepwise[0] == at_once[0]


@pytest.fixture
def both(databases: Databases) -> Iterator[list[Course]]:
    """Build the same course on each database."""
    with databases.fresh("sqlite") as one, databases.fresh("postgresql") as other:
        engines = [sa.create_engine(database.url) for database in (one, other)]
        tune_sqlite(engines[0])
        sessions = [Session(engine) for engine in engines]
        yield [Course(session) for session in sessions]
        for session, engine in zip(sessions, engines, strict=True):
            session.rollback()
            session.close()
            engine.dispose()


@EXAMPLES
@given(rules=st.lists(TREES, min_size=1, max_size=3), acts=st.lists(ACTS, max_size=12))
@pytest.mark.postgres
def test_both_databases_write_the_same_rows(
    both: list[Course],
    now: datetime,
    rules: list[dict[str, Any]],
    acts: list[dict[str, Any]],
) -> None:
    rows = []
    for course in both:
        with example(course.session):
            badges = [course.with_rule(rule) for rule in rules]
            facts = list(map(course.fact, acts))
            record(course.session, facts, now, environment=False)
            evaluate(course.session, course.context, now, switch=ON)
            rows.append([awards(course, badge) for badge in badges])

    assert rows[0] == rows[1]


def awards(course: Course, badge: Badge) -> list[Any]:
    people = {person.id: number for number, person in enumerate(course.people)}
    query = sa.select(Award.membership_id, Award.sequence, Award.evidence)
    found = course.session.execute(
        query.join(BadgeVersion, BadgeVersion.id == Award.badge_version_id)
        .where(Award.badge_id == badge.id)
        .order_by(Award.membership_id)
    )
    return [(people[member], *rest) for member, *rest in found]
