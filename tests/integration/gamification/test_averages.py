"""Averages over many items, over windows, and with excuses of any day."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import evaluate, holds
from gamification.metrics import Scope
from models import Award, BadgeVersion, Item, Membership
from tests.factories import POINT, a_badge, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.measuring import averages

DAY = timedelta(days=1)
SQLITE_AS_IT_COMES = {
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 32_766,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 1_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
}


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session)


def quizzes(session: Session, ada: Membership, number: int) -> list[Item]:
    return [
        an_item(session, of=ada.context, key=f"quiz-{n}") for n in range(1, number + 1)
    ]


def a_rule(items: int, **named: object) -> dict[str, Any]:
    keys = [f"quiz-{n}" for n in range(1, items + 1)]
    return {"metric": "average_percent", "items": keys, "at_least": 80, **named}


@pytest.mark.parametrize("days", [0, 40])
@pytest.mark.parametrize("window", [{"last_days": 7}, {"from": "2026-11-20"}])
def test_an_excuse_leaves_its_item_out_of_every_window(
    session: Session,
    act: Act,
    now: datetime,
    ada: Membership,
    window: dict[str, object],
    days: int,
) -> None:
    one, two = quizzes(session, ada, 2)
    badge = a_badge(session, of=ada.context, criterion=a_rule(2, **window))
    act(ada, "graded", one, score=85 * POINT)
    without = holds(session, ada, badge, now)

    act(ada, "graded", two, status="excused", occurred_at=now - days * DAY)
    evaluate(session, ada.context, now, switch=ON)

    assert (without, holds(session, ada, badge, now)) == (False, True)
    (evidence,) = session.scalars(sa.select(Award.evidence))
    assert evidence["conditions"][0]["value"] == 85


def test_a_result_outside_of_the_window_is_none_and_no_excuse(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    one, two = quizzes(session, ada, 2)
    act(ada, "graded", one, score=85 * POINT)
    act(ada, "graded", two, score=85 * POINT, occurred_at=now - 40 * DAY)
    recent = Scope(days=((now - 7 * DAY).date(), None))

    found = [
        averages(session, ada.context_id, [one.id, two.id], scope=scope)
        for scope in (Scope(), recent)
    ]

    assert found == [{ada.id: 85}, {ada.id: 42}]


def test_an_excuse_from_before_the_rule_took_effect_is_one(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    one, two = quizzes(session, ada, 2)
    badge = a_badge(session, of=ada.context, criterion=a_rule(2))
    session.execute(sa.update(BadgeVersion).values(effective_from=now - DAY))
    act(ada, "graded", two, status="excused", occurred_at=now - 2 * DAY)

    act(ada, "graded", one, score=85 * POINT)

    assert holds(session, ada, badge, now)
    assert session.scalars(sa.select(Award.badge_id)).all() == [badge.id]


def asked(session: Session, ada: Membership, now: datetime, seen: Counting) -> int:
    """Return how many bytes of SQL an evaluation of the course sends."""
    session.flush()
    with seen() as sent:
        evaluate(session, ada.context, now, switch=ON)
    return sum(map(len, sent))


@pytest.mark.parametrize(
    "comparison",
    [{}, {"at_least": None, "between": [10, 90]}, {"at_least": None, "at_most": 90}],
)
def test_the_question_grows_with_its_items_and_not_with_their_square(
    session: Session,
    now: datetime,
    statements: Counting,
    comparison: dict[str, object],
) -> None:
    sizes = {}
    for number in (10, 50):
        ada = a_member(session)
        quizzes(session, ada, number)
        rule = {k: v for k, v in a_rule(number, **comparison).items() if v is not None}
        a_badge(session, of=ada.context, criterion=rule)
        sizes[number] = asked(session, ada, now, statements)

    assert sizes[50] < 6 * sizes[10]


def test_an_average_over_two_hundred_items_is_asked_within_sqlites_limits(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    items = quizzes(session, ada, 200)
    badge = a_badge(session, of=ada.context, criterion=a_rule(200))
    for item in items[:160]:
        act(ada, "graded", item, score=99 * POINT)
    driver = session.connection().connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        for limit, most in SQLITE_AS_IT_COMES.items():
            driver.setlimit(limit, most)

    before = holds(session, ada, badge, now)
    act(ada, "graded", items[160], score=100 * POINT)
    short = holds(session, ada, badge, now)
    act(ada, "graded", items[161], score=60 * POINT)

    assert (before, short, holds(session, ada, badge, now)) == (False, False, True)
