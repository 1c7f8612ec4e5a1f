"""How far somebody is with a rule, and what is left, from what they have of each part."""

from typing import Any

import pytest

from gamification.awards.progress import Have, Progress, progress_of
from gamification.catalog import Criterion
from gamification.metrics import POINT

LABELS = {"quiz-1": "Quiz 1", "quiz-2": "Quiz 2", "badge:owl": "Owl"}
QUIZ = {"metric": "percent", "item": "quiz-1", "more_than": 90}
SCORE = {"metric": "score", "at_least": 25}


def progress(rule: dict[str, Any], *haves: Have, badges: str = "") -> Progress:
    return progress_of(
        Criterion.from_json(rule), haves, lambda key: key in badges, LABELS
    )


def not_met(value: int) -> Have:
    return Have(is_met=False, value=value)


MET = Have(is_met=True, value=100)


@pytest.mark.parametrize(
    ("rule", "have", "expected"),
    [
        (
            SCORE,
            not_met(25 * POINT - 1),
            Progress(False, 24, 25, 99, ("Earn 1 more point",)),
        ),
        (SCORE, Have(True, 30 * POINT), Progress(True, 25, 25, 100, ())),
        (
            QUIZ,
            not_met(90),
            Progress(False, 90, 91, 99, ("Reach more than 90 % in Quiz 1",)),
        ),
        (QUIZ, Have(True, 90), Progress(True, 91, 91, 100, ())),
        (
            {**QUIZ, "more_than": None, "at_least": 79.5},
            not_met(40),
            Progress(False, 40, 80, 50, ("Reach 79.5 % in Quiz 1",)),
        ),
        (
            {"metric": "percent", "items": ["quiz-1", "quiz-2"], "at_least": 80},
            not_met(1),
            Progress(False, 1, 2, 50, ("Reach 80 % in 1 more of Quiz 1 or Quiz 2",)),
        ),
        (
            {"metric": "completed", "items": ["quiz-1", "quiz-2"], "by": "2026-11-30"},
            not_met(1),
            Progress(
                *(False, 1, 2, 50),
                ("Complete 1 more of Quiz 1 or Quiz 2 by 30 November 2026",),
            ),
        ),
        (
            {"metric": "events", "at_most": 3},
            not_met(9),
            Progress(False, 0, 1, 0, ("Contribute at most 3 times",)),
        ),
        (
            {"metric": "events", "at_least": 5, "item": "quiz-1"},
            not_met(3),
            Progress(False, 3, 5, 60, ("Contribute 2 more times in Quiz 1",)),
        ),
        (
            {"metric": "time_spent", "at_least": 7200, "item": "quiz-1"},
            not_met(3300),
            Progress(False, 3300, 7200, 45, ("Spend 1 hour 5 minutes more in Quiz 1",)),
        ),
        (
            {"metric": "time_spent", "at_least": 1800},
            not_met(1799),
            Progress(False, 1799, 1800, 99, ("Spend 1 second more",)),
        ),
        (
            {"metric": "streak_weeks", "at_least": 4},
            not_met(1),
            Progress(False, 1, 4, 25, ("Be active in 4 weeks in a row",)),
        ),
    ],
)
def test_one_condition_tells_its_number_and_what_is_left(
    rule: dict[str, Any], have: Have, expected: Progress
) -> None:
    assert progress(rule, have) == expected


def test_all_tells_how_many_parts_are_met_and_each_that_is_not() -> None:
    found = progress({"all": [SCORE, QUIZ, {"badge": "owl"}]}, not_met(0), MET)

    assert found == Progress(
        *(False, 1, 3, 33), ("Earn 25 more points", "Earn the badge Owl")
    )


def test_any_tells_the_nearest_way_and_all_ways() -> None:
    rule = {"any": [SCORE, QUIZ]}

    assert progress(rule, not_met(5 * POINT), not_met(0)) == Progress(
        *(False, 0, 1, 20),
        ("Earn 20 more points or reach more than 90 % in Quiz 1",),
    )
    assert progress(rule, not_met(0), MET) == Progress(True, 1, 1, 100, ())


def test_none_cannot_be_worked_for() -> None:
    rule = {"none": [SCORE, {"badge": "owl"}]}

    assert progress(rule, not_met(0)) == Progress(True, 1, 1, 100, ())
    assert progress(rule, not_met(0), badges="owl") == Progress(
        *(False, 0, 1, 0), ("Do not earn 25 points or earn the badge Owl",)
    )


def test_what_must_not_be_is_told_last_though_it_stands_first() -> None:
    low = {"metric": "percent", "item": "quiz-1", "at_most": 50}
    parts = [{"none": [low]}, SCORE]

    ways = progress({"any": [{"all": parts}, QUIZ]}, MET, not_met(0), not_met(0))
    all_of = progress({"all": parts}, MET, not_met(0))

    first, second = "Earn 25 more points", "o not reach at most 50 % in Quiz 1"
    assert all_of.missing == (first, f"D{second}")
    assert ways.missing == (
        f"(e{first[1:]} and d{second}) or reach more than 90 % in Quiz 1",
    )


def test_a_way_of_several_parts_is_one_sentence() -> None:
    done = {"metric": "completed", "item": "quiz-2"}
    rule = {"any": [{"all": [done, SCORE]}, QUIZ]}

    assert progress(rule, not_met(0), not_met(0), not_met(0)).missing == (
        "Complete Quiz 2 and earn 25 more points or reach more than 90 % in Quiz 1",
    )


def test_what_must_not_be_is_the_last_of_a_way_however_deep_it_stands() -> None:
    low = {"metric": "percent", "item": "quiz-1", "at_most": 50}
    done = {"metric": "completed", "item": "quiz-2"}
    inner = {"all": [done, {"none": [low]}]}

    (said,) = progress(
        {"any": [{"all": [inner, SCORE]}, QUIZ]},
        *(not_met(0), MET, not_met(0), not_met(0)),
    ).missing

    assert said == (
        "(complete Quiz 2, earn 25 more points and do not reach at most 50 % in Quiz 1) "
        "or reach more than 90 % in Quiz 1"
    )


def test_a_choice_within_a_way_is_put_in_brackets() -> None:
    low = {"metric": "percent", "item": "quiz-1", "at_most": 50}
    done = {"metric": "completed", "item": "quiz-2"}
    choice = {"any": [done, {"none": [low]}]}
    rule = {"any": [{"all": [choice, SCORE]}, QUIZ]}
    chosen = "complete Quiz 2 or do not reach at most 50 % in Quiz 1"

    both = progress(rule, not_met(0), MET, not_met(0), not_met(0))
    alone = progress(rule, not_met(0), MET, MET, not_met(0))

    other = "or reach more than 90 % in Quiz 1"
    assert both.missing == (f"(({chosen}) and earn 25 more points) {other}",)
    assert alone.missing == (f"({chosen}) {other}",)


@pytest.mark.parametrize(
    ("rule", "unit", "threshold"),
    [
        (SCORE, "score", 25),
        (QUIZ, "percent", 91),
        ({"metric": "percent", "items": ["a", "b"], "at_least": 9}, "items", 2),
        ({"metric": "completed", "items": ["a", "b"]}, "completed", 2),
        ({"metric": "events", "at_most": 3}, "requirements", 1),
        ({"all": [SCORE, QUIZ]}, "requirements", 2),
        ({"any": [SCORE, QUIZ]}, "requirements", 1),
    ],
)
def test_progress_has_a_unit_and_an_end_before_anybody_begins(
    rule: dict[str, Any], unit: str, threshold: int
) -> None:
    criterion = Criterion.from_json(rule)

    assert (criterion.metric, criterion.at_least) == (unit, threshold)
