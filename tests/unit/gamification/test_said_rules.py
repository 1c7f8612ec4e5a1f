"""What a rule says: one of something as one, and nothing forbidden that it asks for."""

from typing import Any

import pytest

from gamification.catalog import Criterion

LOW = {"metric": "percent", "item": "quiz-1", "at_most": 50}
DONE = {"metric": "completed", "item": "module-1"}
MUCH = {"metric": "events", "at_least": 9}
LABELS = {"quiz-1": "Quiz 1", "module-1": "Module 1"}
NOT_LOW = {"none": [LOW]}
FORBIDDEN = "do not reach at most 50 % in Quiz 1"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"all": [NOT_LOW, DONE]}, f"Complete Module 1 and {FORBIDDEN}"),
        (
            {"all": [NOT_LOW, {"none": [MUCH]}, DONE]},
            f"Complete Module 1, {FORBIDDEN} and do not contribute 9 times",
        ),
        (
            {"all": [{"none": [LOW, MUCH]}, DONE]},
            f"Complete Module 1 and ({FORBIDDEN} or contribute 9 times)",
        ),
        ({"all": [{"any": [NOT_LOW]}, DONE]}, f"Complete Module 1 and {FORBIDDEN}"),
        ({"any": [NOT_LOW, DONE]}, f"Either complete Module 1 or {FORBIDDEN}"),
        (
            {"any": [{"all": [NOT_LOW, DONE]}, MUCH]},
            f"Either (complete Module 1 and {FORBIDDEN}) or contribute 9 times",
        ),
        (
            {"none": [NOT_LOW, DONE]},
            f"Do not complete Module 1 or ({FORBIDDEN})",
        ),
    ],
)
def test_what_must_not_be_is_said_last(rule: dict[str, Any], sentence: str) -> None:
    assert Criterion.from_json(rule).said(LABELS) == sentence


def test_the_order_of_a_rule_stays_as_it_was_written() -> None:
    rule = {"all": [NOT_LOW, DONE]}

    assert Criterion.from_json(rule).to_document() == rule


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"metric": "events", "at_most": 1}, "Contribute at most once"),
        ({"metric": "events", "between": [1, 1]}, "Contribute exactly once"),
        ({"metric": "events", "between": [0, 1]}, "Contribute 0 to 1 times"),
        (
            {"metric": "active_days", "between": [3, 3]},
            "Be active on exactly 3 different days",
        ),
        ({"metric": "streak_weeks", "at_least": 1}, "Be active in 1 week in a row"),
        (
            {"metric": "average_percent", "item": "quiz-1", "between": [50, 50]},
            "Average exactly 50 % over Quiz 1",
        ),
    ],
)
def test_one_of_something_reads_as_one_and_an_exact_number_as_exact(
    rule: dict[str, Any], sentence: str
) -> None:
    assert Criterion.from_json(rule).said(LABELS) == sentence
