"""Awarding asks the same number of times for one person and for many."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate
from models import Award, StreamEvent
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act, Counting


@pytest.mark.parametrize("badges", [1, 3])
@pytest.mark.parametrize("people", [1, 3])
def test_an_evaluation_asks_the_same_number_of_times(
    session: Session,
    act: Act,
    now: datetime,
    statements: Counting,
    badges: int,
    people: int,
) -> None:
    context = a_context(session, enabled=False)
    for _ in range(people):
        act(a_member(session, of=context))
    for _ in range(badges):
        a_badge(session, of=context, metric="events", threshold=1)

    with statements() as seen:
        granted = evaluate(session, context, now, switch=ON)

    assert len(granted) == badges * people
    # The last id, the rules, expiry, first and renewed awards, the answer, the streams
    # and the news that stay; the course is locked since the acts.
    assert len(seen) == 8


@pytest.mark.parametrize(
    ("people", "read", "told"), [(200, 200, "member"), (205, 201, "course")]
)
def test_no_more_awards_of_a_course_are_read_than_are_told(
    session: Session, act: Act, now: datetime, people: int, read: int, told: str
) -> None:
    context = a_context(session, enabled=False)
    for _ in range(people):
        act(a_member(session, of=context))
    a_badge(session, of=context, metric="events", threshold=1)

    granted = evaluate(session, context, now, switch=ON)

    assert len(granted) == read
    assert len(session.scalars(sa.select(Award.id)).all()) == people
    news = sa.select(StreamEvent.audience).where(StreamEvent.kind == "award")
    assert session.scalars(news).all() == [told] * (people if told == "member" else 1)


@pytest.mark.parametrize("badges", [1, 3])
def test_a_members_badges_are_one_query(
    session: Session, act: Act, now: datetime, statements: Counting, badges: int
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    act(member)
    for _ in range(badges):
        a_badge(session, of=context, metric="events", threshold=1)
    session.flush()

    with statements() as seen:
        roster = badges_for(session, member, now, switch=ON)

    assert len(roster.badges) == badges
    assert len(seen) == 1


def test_awards_are_all_found_before_the_first_is_inserted(
    session: Session, engine: sa.Engine, act: Act, now: datetime
) -> None:
    context = a_context(session, enabled=False)
    act(a_member(session, of=context))
    a_badge(session, of=context, metric="events", threshold=1)
    a_badge(
        session, of=context, criterion={"any": [{"metric": "events", "at_least": 1}]}
    )
    plans = []

    def explain(*event: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's six arguments
        connection, _, text, given, *_ = event
        if "INSERT INTO award" in text and not text.startswith("EXPLAIN"):
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN {text}", given)
            plans.append(" ".join(str(row) for row in cursor.fetchall()))

    sa.event.listen(engine, "before_cursor_execute", explain)
    granted = evaluate(session, context, now, switch=ON)
    sa.event.remove(engine, "before_cursor_execute", explain)

    assert (len(granted), len(plans)) == (2, 3)
    # PostgreSQL would look through those it inserted; a window needs all of its rows.
    is_sqlite = engine.dialect.name == "sqlite"
    assert ["WindowAgg" in plan for plan in plans] == [not is_sqlite] * 3
