"""The nightly look: once for everybody, twice at the same time, off and on a trial."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import ROOT
from gamification.activity import record
from gamification.awards import Recomputed, courses_on, evaluate, recompute
from gamification.catalog import load
from models import Award, Context, Notification, StreamEvent
from models.locks import begin_write
from tests.factories import a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Counting, a_fact

Found = TypeVar("Found")
SHIPPED = load(ROOT / "catalog.toml")


def a_worked_class(session: Session, now: datetime, *, people: int = 6) -> Context:
    """Build a course that is on, whose learners each earned the first badge."""
    context = a_context(session)
    item = an_item(session, of=context)
    facts = [
        a_fact(a_member(session, of=context), "completed", item) for _ in range(people)
    ]
    record(session, facts, now, environment=True)
    return context


def look(session: Session, context: Context, now: datetime) -> Recomputed:
    return recompute(session, context, now, catalog=SHIPPED, environment=True)


def test_a_recompute_adopts_the_catalog_and_awards_what_is_earned(
    session: Session, now: datetime
) -> None:
    context = a_worked_class(session, now)

    first, second = (look(session, context, now) for _ in range(2))

    assert first == Recomputed(contributors=6, badges_awarded=6)
    assert second == Recomputed(contributors=6, badges_awarded=0)


@pytest.mark.parametrize("off", ["environment", "tenant", "course"])
def test_a_recompute_while_it_is_off_writes_nothing(
    session: Session, now: datetime, off: str
) -> None:
    context = a_worked_class(session, now)
    context.tenant.enabled = off != "tenant"
    context.enabled = off != "course"
    environment = off != "environment"

    found = recompute(session, context, now, catalog=SHIPPED, environment=environment)

    assert (found, context.catalog_digest) == (Recomputed(), "")
    assert courses_on(session, context.tenant, environment=environment) == []
    assert session.scalars(sa.select(Award.id)).all() == []


@pytest.mark.demand("A36")
def test_a_tenants_courses_that_are_on_are_its_own(session: Session) -> None:
    context, _ = a_context(session), a_context(session)
    a_context(session, registration=context.registration, enabled=False)

    assert courses_on(session, context.tenant, environment=True) == [context.id]


@pytest.mark.parametrize("people", [1, 30])
def test_a_recompute_costs_the_same_statements_whatever_the_class(
    session: Session, now: datetime, statements: Counting, people: int
) -> None:
    context = a_worked_class(session, now, people=people)
    look(session, context, now)
    assert context.tenant.enabled

    with statements() as seen:
        look(session, context, now)

    # The course is locked since the first look.
    assert len(seen) == 7


@pytest.mark.demand("A10")
def test_two_recomputes_at_once_award_once(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    course = a_worked_class(session, now).id
    session.commit()

    found = at_once(engine, lambda own: look(own, own.get_one(Context, course), now))

    assert sorted(one.badges_awarded for one in found) == [0, 6]
    assert_once(session, 6)


def test_a_recompute_and_an_evaluation_at_once_award_once(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    context = a_worked_class(session, now)
    look(session, context, now)
    session.execute(sa.delete(StreamEvent))
    session.execute(sa.delete(Award))
    course = context.id
    session.commit()
    turns = iter(["recompute", "evaluate"])

    def either(own: Session) -> int:
        context = own.get_one(Context, course)
        if next(turns) == "recompute":
            return look(own, context, now).badges_awarded
        return len(evaluate(own, context, now, switch=ON))

    found = at_once(engine, either)

    assert sorted(found) == [0, 6]
    assert_once(session, 6)


def test_the_same_fact_from_two_sources_at_once_is_one_fact(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    context = a_worked_class(session, now, people=1)
    look(session, context, now)
    member = a_member(session, of=context)
    item = an_item(session, of=context)
    fact = a_fact(member, "completed", item)
    session.commit()

    found = at_once(engine, lambda own: record(own, [fact], now, environment=True))

    assert sorted((one.new, len(one.awarded)) for one in found) == [(0, 0), (1, 1)]


def at_once(engine: sa.Engine, work: Callable[[Session], Found]) -> list[Found]:
    """Do the same work twice at the same time, each in a transaction of its own."""
    start = Barrier(2)

    def one(_: int) -> Found:
        with Session(engine) as own:
            start.wait(timeout=30)
            begin_write(own)
            result = work(own)
            own.commit()
            return result

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(one, range(2)))


def assert_once(session: Session, awards: int) -> None:
    """Assert that so many awards are there, told once each, or by a recompute not."""
    assert len(session.scalars(sa.select(Award.id)).all()) == awards
    streams = sa.select(StreamEvent.id).where(StreamEvent.kind == "award")
    told = len(session.scalars(streams).all())
    assert told in {0, awards}
    news = sa.select(Notification.id).where(Notification.kind == "award")
    assert len(session.scalars(news).all()) == told
