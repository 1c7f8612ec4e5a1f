from datetime import UTC, date, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest

from gamification.metrics.periods import day_of, keys_of, month_key, week_key, zone


def test_a_day_is_the_courses_not_the_servers() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert day_of(late, "UTC") == date(2026, 11, 22)
    assert day_of(late, "Europe/Berlin") == date(2026, 11, 23)
    assert day_of(late, "America/Los_Angeles") == date(2026, 11, 22)


def test_a_day_in_the_night_of_the_clock_change_is_one_day() -> None:
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    after = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert day_of(before, "Europe/Berlin") == day_of(after, "Europe/Berlin")


def test_a_week_begins_on_monday() -> None:
    assert week_key(date(2026, 11, 22)) == "2026-W47"
    assert week_key(date(2026, 11, 23)) == "2026-W48"


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2025, 12, 29), "2026-W01"),
    ],
)
def test_a_week_belongs_to_the_year_of_its_thursday(day: date, week: str) -> None:
    assert week_key(day) == week


def test_a_day_belongs_to_all_time_its_week_and_its_month() -> None:
    day = date(2027, 1, 1)

    assert keys_of(day) == ("all", "2026-W53", "2027-01")
    assert month_key(day) == "2027-01"


def test_an_unknown_zone_is_an_error_and_not_another_zone() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zone("Mars/Olympus")
