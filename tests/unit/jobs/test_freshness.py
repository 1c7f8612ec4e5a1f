from datetime import timedelta

import pytest

from jobs.freshness import pause_after, sentence_of
from lti.errors import (
    AddressRefused,
    LTIError,
    PlatformUnavailable,
    ResourceGone,
    ScopeMissing,
    ServiceRefused,
    WalkStopped,
)


def no_chance(_limit: int) -> int:
    return 0


def the_longest(limit: int) -> int:
    return limit - 1


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (10, 360), (10_000, 360)]
)
def test_each_failure_doubles_the_pause_up_to_six_hours(
    failures: int, minutes: int
) -> None:
    pause = pause_after(PlatformUnavailable("down"), failures, no_chance)

    assert pause == timedelta(minutes=minutes)


def test_a_quarter_of_the_pause_is_left_to_chance() -> None:
    pause = pause_after(PlatformUnavailable("down"), 3, the_longest)

    assert pause == timedelta(minutes=4, seconds=59)


@pytest.mark.parametrize(("wish", "seconds"), [(10, 60), (600, 600), (0, 60)])
def test_a_platforms_own_wish_is_the_least(wish: int, seconds: int) -> None:
    error = PlatformUnavailable("busy", retry_after=wish)

    assert pause_after(error, 1, no_chance) == timedelta(seconds=seconds)


@pytest.mark.parametrize("error", [ScopeMissing("no"), ResourceGone("gone")])
def test_a_clear_no_is_asked_again_after_a_day(error: LTIError) -> None:
    assert pause_after(error, 1, no_chance) == timedelta(days=1)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (ScopeMissing("No."), "Ask the platform's administrator"),
        (ResourceGone("Gone."), "Open the tool in the course once"),
        (PlatformUnavailable("Down."), "Nothing to do"),
        (AddressRefused("Elsewhere."), "platform approve"),
        (WalkStopped("Circle."), "Nobody was taken out"),
        (ServiceRefused("Refused."), "Refused."),
    ],
)
def test_every_failure_says_what_to_do(error: LTIError, advice: str) -> None:
    assert advice in sentence_of(error)
