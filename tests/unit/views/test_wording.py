from datetime import datetime, timedelta

import pytest

from gamification.metrics import METRICS
from tests.support.clock import NOW
from views.wording import (
    WITHOUT_TIME,
    ago,
    counted,
    day,
    direction,
    drawing,
    every,
    out_of,
    short_day,
    what_counts,
)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(minutes=60), "an hour ago"),
        (timedelta(minutes=119), "an hour ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "a day ago"),
        (timedelta(days=1200), "1,200 days ago"),
    ],
)
def test_a_moment_is_told_the_way_people_tell_it(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


@pytest.mark.parametrize(
    ("number", "what", "words"),
    [
        (0, "score", "0 points"),
        (1, "score", "1 point"),
        (1234567, "score", "1,234,567 points"),
        (1, "authored", "1 piece of work"),
        (2, "active_days", "2 active days"),
        (0, "time_spent", "0 seconds"),
        (3900, "time_spent", "1 hour 5 minutes"),
        (3, "result", "3 results"),
    ],
)
def test_a_number_goes_with_its_noun(number: int, what: str, words: str) -> None:
    assert counted(number, what) == words


def test_a_part_goes_with_its_whole() -> None:
    assert out_of(1200, 25000, "score") == "1,200 of 25,000 points"
    assert out_of(1200, 3600, "time_spent") == "20 minutes of 1 hour"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "every minute"),
        (15, "every 15 minutes"),
        (60, "every hour"),
        (90, "every 90 minutes"),
        (1440, "every 24 hours"),
    ],
)
def test_how_often_is_told_the_way_people_tell_it(minutes: int, words: str) -> None:
    assert every(minutes) == words


def test_a_day_is_the_courses_own(now: datetime) -> None:
    evening = now.replace(hour=23)

    assert day(evening, "Europe/Berlin") == "23 November 2026"
    assert day(evening, "America/New_York") == "22 November 2026"
    assert short_day(evening, "Europe/Berlin") == "23 Nov 2026"


@pytest.mark.parametrize(
    ("locale", "laid_out"),
    [
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he_IL", "rtl"),
        ("de", "ltr"),
        ("", "ltr"),
        (None, "ltr"),
    ],
)
def test_a_locale_says_how_the_page_is_laid_out(
    locale: str | None, laid_out: str
) -> None:
    assert direction(locale) == laid_out


def test_an_emoji_is_drawn_with_and_without_its_selector() -> None:
    assert (drawing("✍️"), drawing("✍"), drawing("🦉")) == ("pen-fill", "pen-fill", None)


def test_every_metric_says_what_counts() -> None:
    assert {name for name in METRICS if not what_counts(name)} == set()


def test_what_counts_speaks_of_work_where_only_time_is_not_reported() -> None:
    unfed = {"time_spent"}
    others = [name for name in METRICS if name != "time_spent"]

    assert what_counts("time_spent", unfed) == WITHOUT_TIME
    assert [what_counts(name, unfed) for name in others] == [
        what_counts(name) for name in others
    ]
    assert what_counts("time_spent", {"authored"}) == what_counts("time_spent")


def test_what_counts_speaks_of_no_work_where_none_is_reported() -> None:
    said = " ".join(what_counts(name, {"authored"}) for name in METRICS).lower()

    assert [word for word in ("hand in", "handing in", "post") if word in said] == []
