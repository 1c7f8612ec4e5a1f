from datetime import timedelta
from typing import Any

import pytest

from gamification.activity.scoring import Course, Entry
from gamification.metrics.weights import SHIPPED, Weight
from gamification.standings.upkeep import Totals
from models import Context
from tests.factories import POINT
from tests.support.clock import NOW


def a_course(*weights: Weight) -> Course:
    return Course(Context(time_zone="Europe/Berlin"), (*SHIPPED, *weights))


def an_entry(kind: str, **named: Any) -> Entry:  # noqa: ANN401 -- any field
    fields = {
        "id": 1,
        "membership_id": 1,
        "item_id": None,
        "status": "normal",
        "score": None,
        "maximum": None,
        "seconds": None,
        "occurred_at": NOW,
        "fact_key": f"{kind}::",
        **named,
    }
    return Entry(kind=kind, **fields)


def points_of(course: Course, *entries: Entry) -> list[int]:
    return [scored.points for scored in course.worth(entries)]


@pytest.mark.parametrize(
    ("kind", "points"),
    [("submitted", 2 * POINT), ("posted", POINT), ("completed", 3 * POINT)],
)
def test_a_kind_is_worth_its_weight(kind: str, points: int) -> None:
    assert points_of(a_course(), an_entry(kind)) == [points]


def test_opening_the_tool_earns_nothing() -> None:
    assert points_of(a_course(), an_entry("launched")) == []


def test_opening_the_tool_earns_nothing_whatever_a_course_weighs_it() -> None:
    assert points_of(a_course(Weight("launched", POINT)), an_entry("launched")) == []


@pytest.mark.parametrize("weights", [(), (Weight("spent", POINT),)])
def test_time_is_known_and_worth_nothing_whatever_a_course_weighs_it(
    weights: tuple[Weight, ...],
) -> None:
    (spent,) = a_course(*weights).worth([an_entry("spent", seconds=3600)])

    assert (spent.points, spent.totals) == (0, Totals())
    assert spent.entry.seconds == 3600


@pytest.mark.parametrize(
    ("score", "maximum", "points"),
    [
        (100 * POINT, 100 * POINT, 5 * POINT),
        (0, 100 * POINT, 0),
        (110 * POINT, 100 * POINT, 5 * POINT),
        (1, 3, 1_666_666),
        (2, 3, 3_333_333),
        (79_999_000, 100 * POINT, 3_999_950),
        (10**12, 10**12, 5 * POINT),
        (5 * POINT, 0, 0),
        (5 * POINT, None, 0),
    ],
)
def test_a_grade_is_worth_its_share_rounded_down(
    score: int, maximum: int | None, points: int
) -> None:
    grade = an_entry("graded", score=score, maximum=maximum)

    assert points_of(a_course(), grade) == [points]


@pytest.mark.parametrize("status", ["excused", "missing", "withdrawn"])
def test_what_was_excused_missed_or_withdrawn_counts_for_nothing(status: str) -> None:
    assert points_of(a_course(), an_entry("submitted", status=status)) == []
    assert a_course().worth([an_entry("spent", status=status, seconds=60)]) == []


def test_an_excused_result_is_known_and_worth_nothing() -> None:
    grade = an_entry("graded", status="excused", score=50 * POINT, maximum=100 * POINT)

    (excused,) = a_course().worth([grade])

    assert (excused.points, excused.totals) == (0, Totals())
    assert (excused.entry.score, excused.entry.maximum) == (None, None)


def test_late_counts() -> None:
    assert points_of(a_course(), an_entry("submitted", status="late")) == [2 * POINT]


def posts(number: int, **named: Any) -> list[Entry]:  # noqa: ANN401 -- any field
    return [
        an_entry("posted", id=n, fact_key=f"posted::{n:02}", **named)
        for n in range(number)
    ]


def test_a_sixth_post_on_a_day_counts_and_earns_nothing() -> None:
    scored = a_course().worth(posts(6))

    assert [one.points for one in scored] == [POINT] * 5 + [0]
    assert sum(one.totals.events for one in scored) == 6


def test_the_cap_begins_anew_with_the_courses_day() -> None:
    midnight = NOW.replace(hour=23, minute=0)  # in Berlin
    before = posts(6, occurred_at=midnight - timedelta(minutes=1))
    after = posts(6, occurred_at=midnight)

    assert sum(points_of(a_course(), *before, *after)) == 10 * POINT


def test_each_member_has_a_cap_of_their_own() -> None:
    entries = [*posts(6), *posts(6, membership_id=2)]

    assert sum(points_of(a_course(), *entries)) == 10 * POINT


def test_the_first_acts_of_a_day_have_the_points_in_whatever_order_they_come() -> None:
    early, late = posts(5), posts(6, occurred_at=NOW + timedelta(hours=1))[5:]

    scored = a_course().worth([*late, *reversed(early)])

    assert {one.entry.fact_key for one in scored if not one.points} == {"posted::05"}


def test_a_course_may_weigh_its_own_way_from_a_moment_on() -> None:
    course = a_course(Weight("submitted", 10 * POINT, version=1, effective_from=NOW))

    before = an_entry("submitted", occurred_at=NOW - timedelta(seconds=1))

    assert points_of(course, before, an_entry("submitted")) == [2 * POINT, 10 * POINT]


def test_an_items_own_weight_goes_before_its_kinds() -> None:
    course = a_course(
        Weight("completed", 4 * POINT, version=1),
        Weight("completed", 9 * POINT, item_id=7, version=1),
    )

    entries = (an_entry("completed", item_id=item) for item in (7, 8, None))

    assert points_of(course, *entries) == [9 * POINT, 4 * POINT, 4 * POINT]
