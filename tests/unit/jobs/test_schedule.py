from dataclasses import replace
from datetime import UTC, datetime

import pytest

from config import Config
from jobs.schedule import schedule


@pytest.fixture
def by_itself() -> Config:
    return Config.from_environment(
        {
            "PUBLIC_URL": "https://laurel.example",
            "SECRET_KEY": "s" * 32,
            "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        }
    )


def listing(config: Config) -> dict[str, str]:
    return {periodic.job: periodic.when for periodic in schedule(config)}


@pytest.mark.demand("A19")
def test_what_happens_by_itself_when_nobody_set_anything(by_itself: Config) -> None:
    assert listing(by_itself) == {
        "show_due_boards": "every minute",
        "deal_due_leagues": "every minute",
        "sweep_outbox": "every minute",
        "sync_due_courses": "each course every 60 minutes",
        "recompute": "every day at 05:20 (UTC)",
        "tick": "every hour",
        "clean_up": "every hour",
        "publish_due_scores": "every minute",
        "end_awards": "every minute",
        "send_deliveries": "every minute",
        "remind": "every day at 07:00 (UTC)",
        "seal_audit": "every minute",
        "seal_late_entries": "every day at 05:20 (UTC)",
    }


@pytest.mark.demand("A19")
def test_the_operator_sets_the_hour_the_zone_and_how_often(by_itself: Config) -> None:
    settings = replace(
        by_itself, recompute_at="3:05", time_zone="Asia/Tokyo", sync_every_minutes=15
    )

    assert listing(settings)["recompute"] == "every day at 03:05 (Asia/Tokyo)"
    assert listing(settings)["sync_due_courses"] == "each course every 15 minutes"


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 7, 1, 3, 19, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 3, 20, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 4, 19, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 4, 20, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 23, 1, tzinfo=UTC), False),
    ],
)
def test_the_night_ends_at_twenty_past_five_by_the_operators_clock(
    *, by_itself: Config, moment: datetime, due: bool
) -> None:
    periodic = schedule(replace(by_itself, time_zone="Europe/Berlin"))[2]

    assert (periodic.job, periodic.is_due(moment)) == ("recompute", due)


def test_a_day_is_the_operators_day(by_itself: Config) -> None:
    periodic = schedule(replace(by_itself, time_zone="Europe/Berlin"))[2]

    assert periodic.period(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == "2026-12-02"
