"""Metrics of a part of the facts: some items, some days, on time; and averages."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gamification.metrics import METRICS, Scope, days_of_period, last_days
from tests.factories import POINT, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act
from tests.support.measuring import averages, percents, values, weekly_streaks

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def test_every_metric_is_told_of_one_item_and_of_several(
    session: Session, act: Act
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    one, two, three = (an_item(session, of=context) for _ in range(3))
    for item in (one, two, three):
        act(ada, "submitted", item)
        act(ada, "spent", item, seconds=60)
    act(ada, "completed", one)

    found = {
        metric: [
            values(session, context.id, metric, scope=Scope(items))[ada.id]
            for items in ((one.id,), (one.id, two.id), ())
        ]
        for metric in METRICS
    }

    assert found == {
        "score": [5 * POINT, 7 * POINT, 0],
        "events": [2, 3, 0],
        "authored": [1, 2, 0],
        "active_days": [1, 1, 0],
        "completed": [1, 1, 0],
        "time_spent": [60, 120, 0],
    }


def test_a_window_counts_both_its_ends_in_the_courses_days(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session, time_zone="Europe/Berlin")
    ada = a_member(session, of=context)
    midnight = now.replace(hour=23, minute=0) - 2 * DAY  # in Berlin
    for minutes in (-1, 1):
        moment = midnight + timedelta(minutes=minutes)
        act(ada, "completed", occurred_at=moment, attempt=str(minutes))
    before, after = midnight.date(), midnight.date() + DAY

    found = [
        values(session, context.id, "completed", scope=Scope(days=days))[ada.id]
        for days in (
            (before, before),
            (after, after),
            (before, after),
            (None, before),
            (after, None),
            (after + DAY, None),
        )
    ]

    assert found == [1, 1, 2, 1, 1, 0]


def test_what_was_late_is_left_out_where_only_punctual_work_counts(
    session: Session, act: Act
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    act(ada, "submitted", an_item(session, of=context))
    act(ada, "submitted", an_item(session, of=context), status="late")

    found = [
        values(session, context.id, "authored", scope=Scope(on_time=punctual))
        for punctual in (False, True)
    ]

    assert found == [{ada.id: 2}, {ada.id: 1}]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("week", date(2026, 11, 16), date(2026, 11, 22)),
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("term", date(2026, 9, 1), date(2027, 1, 31)),
    ],
)
def test_a_period_is_the_one_today_lies_in(
    period: str, first: date, last: date
) -> None:
    term = (date(2026, 9, 1), date(2027, 1, 31))

    assert days_of_period(period, date(2026, 11, 22), term) == (first, last)


def test_a_term_without_dates_has_no_days() -> None:
    first, last = days_of_period("term", date(2026, 11, 22), (date(2026, 9, 1), None))

    assert first is not None
    assert last is not None
    assert first > last


def test_the_last_days_end_today() -> None:
    today = date(2026, 3, 1)

    assert last_days(1, today) == (today, today)
    assert last_days(7, today) == (date(2026, 2, 23), today)


def test_the_last_month_of_a_year_ends_with_it() -> None:
    december = days_of_period("month", date(2026, 12, 31))

    assert december == (date(2026, 12, 1), date(2026, 12, 31))


def graded(act: Act, member: Any, items: list[Any], *results: Any) -> None:  # noqa: ANN401 -- rows, and pairs of points
    for number, (item, result) in enumerate(zip(items, results, strict=False)):
        if result is not None:
            points, maximum = result
            score = {"score": round(points * POINT), "maximum": round(maximum * POINT)}
            act(member, "graded", item, attempt=str(number), **score)


@pytest.mark.parametrize(
    ("results", "average"),
    [
        ([(24, 30), (8, 10)], 80),
        ([(23, 30), (25, 30)], 80),
        ([(10, 15), (14, 15)], 80),
        ([(1, 3), (89, 70)], 66),
        ([(79.99, 100), (80, 100)], 79),
        ([(110, 100), (60, 100)], 80),
        ([(80, 100), None], 40),
        ([(5, 0), (80, 100)], 40),
    ],
)
def test_an_average_counts_each_item_alike_and_none_above_its_full_marks(
    session: Session, act: Act, results: list[Any], average: int
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    items = [an_item(session, of=context) for _ in range(2)]
    graded(act, ada, items, *results)

    found = averages(session, context.id, [item.id for item in items])

    assert found == {ada.id: average}


def test_what_is_excused_leaves_an_average_until_there_is_a_result(
    session: Session, act: Act
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    one, two = (an_item(session, of=context) for _ in range(2))
    graded(act, ada, [one], (90, 100))
    found = [averages(session, context.id, [one.id, two.id])]

    act(ada, "graded", two, status="excused", score=None, maximum=None)
    found.append(averages(session, context.id, [one.id, two.id]))
    act(ada, "graded", two, score=50 * POINT)
    found.append(averages(session, context.id, [one.id, two.id]))

    assert found == [{ada.id: 45}, {ada.id: 90}, {ada.id: 70}]


def test_an_average_of_nothing_but_excuses_is_none(session: Session, act: Act) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    item = an_item(session, of=context)
    act(ada, "graded", item, status="excused")

    assert averages(session, context.id, [item.id]) == {}
    assert percents(session, context.id, item.id) == {}


def test_the_best_of_several_results_is_averaged(session: Session, act: Act) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    item = an_item(session, of=context)
    graded(act, ada, [item, item], (90, 100), (10, 100))

    assert averages(session, context.id, [item.id]) == {ada.id: 90}


@pytest.mark.parametrize(
    ("weeks", "streak"),
    [
        ([0], 1),
        ([0, 0, 1, 2], 3),
        ([0, 1, 3], 3),
        ([0, 1, 3, 5], 3),
        ([0, 1, 4, 5, 6], 3),
        ([0, 2, 3, 4, 6], 4),
    ],
)
def test_a_streak_forgives_one_free_week(
    session: Session, act: Act, now: datetime, weeks: list[int], streak: int
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    for number, week in enumerate(weeks):
        act(ada, occurred_at=now - week * WEEK, attempt=str(number))

    assert weekly_streaks(session, context.id) == {ada.id: streak}


def test_a_streaks_weeks_begin_on_monday(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    monday = now - now.weekday() * DAY
    for member, days in ((ada, (0, 6)), (ben, (6, 7))):
        for day in days:
            act(member, occurred_at=monday - 28 * DAY + day * DAY, attempt=str(day))

    assert weekly_streaks(session, context.id) == {ada.id: 1, ben.id: 2}
