"""A batch reads its own people's rows: no statement of it walks through a course.

SQLite says how it will look whatever its tables hold. PostgreSQL says what suits the
few rows of a test; there `bench.batch` compares a small course with a large one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.activity.item_sets import SetTold, item_sets_of, set_item_sets
from gamification.awards import evaluate
from gamification.metrics.sources import unfed
from models import BadgeVersion, Context, Item, Membership, Scoring
from tests.factories import POINT, a_badge, an_item
from tests.integration.gamification.conftest import ON, a_class, a_fact

DAY = timedelta(days=1)
GROW_WITH_A_COURSE = {
    *("award", "contribution", "earned", "membership", "milestone_reached"),
    *("notification", "personal_best", "shown_standing", "standing", "stream_event"),
}
WALK = re.compile(r"SCAN (\w+)|SEARCH (\w+) USING .* \((?:context|badge)_id=\?\)$")
RULES: dict[str, dict[str, Any]] = {
    "flat": {"metric": "events", "at_least": 1},
    "percent": {"metric": "percent", "at_least": 80, "items": ["quiz", "essay"]},
    "streak": {"metric": "streak_weeks", "at_least": 1, "last_days": 30},
    "mixed": {
        "any": [
            {"metric": "average_percent", "at_least": 50, "items": ["quiz", "essay"]},
            {"none": [{"metric": "active_days", "at_least": 9}]},
        ]
    },
    "module": {
        "all": [
            {"metric": "completed", "item_set": "unit-1"},
            {"metric": "events", "at_least": 3, "per_item": 2},
            {"metric": "completed", "at_least": 1, "per_day": 2},
        ]
    },
    "after": {"all": [{"badge": "flat_keep"}, {"metric": "events", "at_least": 2}]},
}

pytestmark = pytest.mark.sqlite_alone


@pytest.fixture
def people(session: Session, now: datetime) -> list[Membership]:
    """A class on a board, with all kinds of rules, and awards of them that are over."""
    people = a_class(session, now, [5] * 6, enabled=True)
    context = people[0].context
    quiz, essay = (an_item(session, of=context, key=key) for key in ("quiz", "essay"))
    unit = SetTold("unit-1", "module", "Unit 1", (quiz.id, essay.id))
    set_item_sets(session, context, "moodle", [unit], now)
    for policy in ("keep", "revoke"):
        for key, rule in RULES.items():
            name = f"{key}_{policy}"
            a_badge(session, of=context, key=name, criterion=rule, policy=policy)
    session.execute(sa.update(BadgeVersion).values(valid_days=30))
    evaluate(session, context, now - 40 * DAY, switch=ON)
    graded = [a_fact(member, "graded", quiz) for member in people]
    record(session, graded, now, environment=True)
    session.commit()
    return people


def test_no_statement_of_a_batch_walks_through_a_course(
    session: Session, engine: sa.Engine, people: list[Membership], now: datetime
) -> None:
    later, context = now + DAY, people[0].context
    quiz = the_quiz(session, context)
    session.add(a_capped_weight(context, now - DAY))
    session.commit()
    facts = [
        *(a_fact(one, "posted", occurred_at=later) for one in people[:3]),
        # Corrected, and tried again.
        *(a_fact(one, "graded", quiz, score=0) for one in people[:2]),
        *(a_fact(one, "graded", quiz, attempt="2") for one in people[:2]),
    ]

    with explained(engine) as plans:
        recorded = record(session, facts, later, environment=True)

    assert (recorded.new, recorded.corrected) == (5, 2)
    assert walks(plans) == []


def test_a_look_at_a_whole_course_does_walk(
    session: Session, engine: sa.Engine, people: list[Membership], now: datetime
) -> None:
    with explained(engine) as plans:
        evaluate(session, people[0].context, now, switch=ON)

    assert "earned" in {table for table, _ in walks(plans)}


def test_a_courses_sets_are_read_without_those_of_others(
    session: Session, engine: sa.Engine, people: list[Membership], now: datetime
) -> None:
    context = people[0].context
    quiz = the_quiz(session, context)
    less = SetTold("unit-1", "module", "Unit 1", (quiz.id,))

    with explained(engine) as plans:
        set_item_sets(session, context, "moodle", [less], now)
        (row,) = item_sets_of(session, context.id)

    assert row.items == ("quiz",)
    held = [line for _, lines in plans for line in lines if " item_in_set" in line]
    assert len(held) == 3
    assert [line for line in held if "(item_set_id=?" not in line] == []


def test_whether_time_is_reported_is_asked_of_what_is_reported_alone(
    session: Session, engine: sa.Engine, people: list[Membership]
) -> None:
    with explained(engine) as plans:
        found = unfed(session, people[0].context_id)

    assert "time_spent" in found
    asked = [line for _, lines in plans for line in lines if "ix_earned_spent" in line]
    assert [line.partition("INDEX ")[2] for line in asked] == [
        "ix_earned_spent (context_id=? AND kind=?)"
    ]


def the_quiz(session: Session, context: Context) -> Item:
    query = sa.select(Item).where(Item.context_id == context.id, Item.key == "quiz")
    return session.scalars(query).one()


def a_capped_weight(context: Context, since: datetime) -> Scoring:
    return Scoring(
        context_id=context.id,
        version=1,
        kind="posted",
        weight=POINT,
        daily_cap=POINT,
        effective_from=since,
    )


Plan = tuple[str, list[str]]


@contextmanager
def explained(engine: sa.Engine) -> Iterator[list[Plan]]:
    """Collect statements, and what SQLite says of each, inside of a block."""
    plans: list[Plan] = []

    def explain(*event: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's signature
        connection, _, text, given, *_ = event
        if text.startswith("BEGIN"):
            return
        cursor = connection.connection.cursor()
        one = given[0] if isinstance(given, list) else given
        asked = cursor.execute(f"EXPLAIN QUERY PLAN {text}", one)
        plans.append((text, [line for *_, line in asked]))

    sa.event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        sa.event.remove(engine, "before_cursor_execute", explain)


def walks(plans: list[Plan]) -> list[tuple[str, str]]:
    """Return the tables that are read whole, or a course's or badge's whole part of."""
    found = [
        (_table(match[1] or match[2], text), line)
        for text, lines in plans
        for line in lines
        if (match := WALK.match(line))
    ]
    return [(table, line) for table, line in found if table in GROW_WITH_A_COURSE]


def _table(name: str, text: str) -> str:
    """Return the table that a name stands for in a statement, or the name."""
    alias = re.search(rf"\b(\w+) AS {re.escape(name)}\b", text)
    return alias[1] if alias else name
