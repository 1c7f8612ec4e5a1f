"""A score always carries a mark, a moment and a person, or it is none."""

from datetime import datetime, timedelta

import pytest

from lti.line_items import Column
from lti.platforms.base import Platform
from lti.platforms.canvas import Canvas
from lti.platforms.moodle import Moodle
from lti.scores import Score, ScoreImpossible, next_moment
from tests.support.clock import NOW

POINT = 10**6


@pytest.mark.parametrize(
    ("given", "maximum"),
    [
        (-1, POINT),
        (float("nan"), POINT),
        (float("inf"), POINT),
        (10**13, POINT),
        (0, 0),
        (0, -1),
        (1, float("nan")),
    ],
)
def test_what_is_no_mark_is_no_score(given: int, maximum: int) -> None:
    with pytest.raises(ScoreImpossible):
        Score("17", given, maximum, NOW)


@pytest.mark.parametrize(
    ("sub", "at"), [("", NOW), ("17", NOW.replace(tzinfo=None))], ids=["who", "when"]
)
def test_a_score_says_whose_it_is_and_of_which_moment(sub: str, at: datetime) -> None:
    with pytest.raises(ScoreImpossible):
        Score(sub, 0, POINT, at)


@pytest.mark.parametrize(("label", "maximum"), [("", 10), ("A", 0), ("A", 10_001)])
def test_what_is_no_column_is_refused(label: str, maximum: int) -> None:
    with pytest.raises(ScoreImpossible):
        Column(label, maximum)


@pytest.mark.parametrize(
    ("platform", "step"),
    [
        (Platform(), timedelta(microseconds=1)),
        (Canvas(), timedelta(microseconds=1)),
        (Moodle(), timedelta(seconds=1)),
    ],
)
def test_timestamps_rise_though_the_clock_stands_still_or_goes_back(
    platform: Platform, step: timedelta
) -> None:
    assert next_moment(platform, None, NOW) == NOW
    assert next_moment(platform, NOW, NOW) == NOW + step
    assert next_moment(platform, NOW, NOW - timedelta(hours=1)) == NOW + step
    assert next_moment(platform, NOW, NOW + timedelta(hours=1)) == NOW + timedelta(
        hours=1
    )


def test_scores_are_below_the_line_item_and_the_query_stays() -> None:
    url = "https://lms.example/3/lineitems/8/lineitem?type_id=1"

    assert Moodle().scores_url(url) == (
        "https://lms.example/3/lineitems/8/lineitem/scores?type_id=1"
    )


def test_canvas_makes_no_attempt_and_leaves_the_teachers_grade() -> None:
    assert Canvas().score_extension() == {
        "https://canvas.instructure.com/lti/submission": {
            "new_submission": False,
            "prioritize_non_tool_grade": True,
        }
    }


def test_canvas_says_in_words_that_a_later_score_is_there() -> None:
    said = b'{"errors":{"message":"Provided timestamp of 1 before last updated timestamp of 2"}}'

    assert Canvas().is_too_late(400, said)
    assert not Canvas().is_too_late(400, b"not a valid timestamp")
    assert Platform().is_too_late(409, b"")
    assert Moodle().is_too_late(409, b"")
