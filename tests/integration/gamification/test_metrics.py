"""Metrics are exact on both databases, and read `earned` alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import METRICS, contributors
from gamification.metrics.results import Bound, is_at_least, is_more_than
from models import Contribution
from tests.factories import POINT, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act
from tests.support.measuring import percents, reaching, values


def all_values(session: Session, context_id: int, member_id: int) -> dict[str, int]:
    return {
        metric: values(session, context_id, metric).get(member_id, 0)
        for metric in METRICS
    }


@pytest.mark.demand("A5", "A6")
def test_each_kind_counts_where_the_table_says(session: Session, act: Act) -> None:
    context = a_context(session)
    item = an_item(session, of=context)
    counted = {}
    for kind in ("launched", "spent", "submitted", "posted", "completed", "graded"):
        member = a_member(session, of=context)
        act(member, kind, item, seconds=90)
        counted[kind] = tuple(all_values(session, context.id, member.id).values())

    assert tuple(METRICS) == (
        *("score", "events", "authored", "active_days", "completed", "time_spent"),
    )
    assert counted == {
        "launched": (0, 0, 0, 0, 0, 0),
        "spent": (0, 0, 0, 0, 0, 90),
        "submitted": (2 * POINT, 1, 1, 1, 0, 0),
        "posted": (1 * POINT, 1, 1, 1, 0, 0),
        "completed": (3 * POINT, 1, 0, 1, 1, 0),
        "graded": (5 * POINT, 0, 0, 0, 0, 0),
    }


@pytest.mark.demand("A1")
def test_opening_the_tool_for_thirty_days_earns_nothing(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    for day in range(30):
        moment = now - timedelta(days=day)
        act(member, "launched", occurred_at=moment, attempt=str(day))

    assert set(all_values(session, member.context_id, member.id).values()) == {0}


@pytest.mark.demand("A7")
def test_duplicates_of_an_item_are_authored_once(session: Session, act: Act) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    items = [an_item(session, of=context) for _ in range(2)]
    for attempt in "ab":
        for item in items:
            act(member, "submitted", item, attempt=attempt)
    act(member, "posted", items[0])

    assert values(session, context.id, "authored") == {member.id: 2}
    assert values(session, context.id, "events") == {member.id: 5}


@pytest.mark.demand("A8")
def test_active_days_are_the_courses_days(
    session: Session, act: Act, now: datetime
) -> None:
    midnight = now.replace(hour=23, minute=0) - timedelta(days=2)  # in Berlin
    days = {}
    for zone in ("UTC", "Europe/Berlin"):
        member = a_member(session, of=a_context(session, time_zone=zone))
        for minutes in (-1, 1):
            moment = midnight + timedelta(minutes=minutes)
            act(member, "completed", occurred_at=moment, attempt=str(minutes))
        days[zone] = values(session, member.context_id, "active_days")[member.id]

    assert days == {"UTC": 1, "Europe/Berlin": 2}


@pytest.mark.parametrize("status", ["excused", "missing", "withdrawn"])
def test_what_does_not_count_is_in_no_metric(
    session: Session, act: Act, status: str
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    item = an_item(session, of=context)
    act(member, "completed", item, status=status)
    act(member, "graded", item, status=status)
    act(member, "spent", item, status=status, seconds=60)

    assert set(all_values(session, context.id, member.id).values()) == {0}
    assert percents(session, context.id, item.id) == {}


def test_a_metric_can_be_asked_for_some(session: Session, act: Act) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    act(ada)
    act(ben)

    assert values(session, context.id, "events", [ben.id]) == {ben.id: 1}


def test_a_metric_is_of_one_course(session: Session, act: Act) -> None:
    ada, otto = a_member(session), a_member(session)
    act(ada)
    act(otto)

    assert values(session, ada.context_id, "events") == {ada.id: 1}


def test_the_percent_is_the_best_and_never_rounded_up(
    session: Session, act: Act
) -> None:
    context = a_context(session)
    item = an_item(session, of=context)
    ada, ben, cleo = (a_member(session, of=context) for _ in range(3))
    act(ada, "graded", item, score=79_999_000)
    act(ben, "graded", item, score=110 * POINT, attempt="1")
    act(ben, "graded", item, score=20 * POINT, attempt="2")
    act(cleo, "graded", item, score=5 * POINT, maximum=0)

    assert percents(session, context.id, item.id) == {ada.id: 79, ben.id: 110}


@pytest.mark.parametrize(
    ("score", "eighty", "above_ninety"),
    [
        (79_999_999, False, False),
        (80 * POINT, True, False),
        (90 * POINT, True, False),
        (90_010_000, True, True),
        (10**12, True, True),
    ],
)
def test_a_bound_is_compared_exactly(
    session: Session, act: Act, score: int, eighty: bool, above_ninety: bool
) -> None:
    context = a_context(session)
    item = an_item(session, of=context)
    ada = a_member(session, of=context)
    act(ada, "graded", item, score=score)

    at_least = reaching(session, context.id, item.id, at_least=80)
    more_than = reaching(session, context.id, item.id, more_than=90)

    assert (at_least, more_than) == (
        {ada.id} if eighty else set(),
        {ada.id} if above_ninety else set(),
    )


def test_a_third_reaches_no_rounded_third(session: Session, act: Act) -> None:
    context = a_context(session)
    item = an_item(session, of=context)
    ada = a_member(session, of=context)
    act(ada, "graded", item, score=10**12 // 3, maximum=10**12)

    reached = [
        reaching(session, context.id, item.id, at_least=Decimal(bound))
        for bound in ("33.33", "33.34")
    ]

    assert reached == [{ada.id}, set()]


@pytest.mark.parametrize("bound", [Decimal("0.001"), 1001, -1001])
@pytest.mark.parametrize("compared", [is_at_least, is_more_than])
def test_a_bound_that_could_overflow_is_refused(
    compared: Callable[[Bound], object], bound: Bound
) -> None:
    with pytest.raises(ValueError, match="at most two decimals"):
        compared(bound)


def test_contributors_are_active_learners_with_a_fact_that_counts(
    session: Session, act: Act
) -> None:
    context = a_context(session)
    people = [
        a_member(session, of=context),
        a_member(session, of=context, role="instructor"),
        a_member(session, of=context, status="left"),
    ]
    for person in people:
        act(person)
    act(a_member(session, of=context), "launched")
    act(a_member(session, of=context), "spent", seconds=60)

    assert contributors(session, context.id) == 1


def test_the_log_keeps_what_metrics_leave_out(session: Session, act: Act) -> None:
    member = a_member(session)
    act(member, "launched")
    act(member, "spent", seconds=60)

    count = sa.select(sa.func.count()).select_from(Contribution)
    assert session.scalar(count) == 2
