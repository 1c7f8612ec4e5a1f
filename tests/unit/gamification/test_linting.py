"""Rules that can be read and make no sense are told so, in a sentence each."""

from typing import Any

import pytest

from gamification.catalog import Criterion, parse
from gamification.catalog.linting import EVERYBODY, lint

QUIZ = {"metric": "percent", "item": "quiz-1", "more_than": 90}
ACTIVE = {"metric": "active_days", "at_least": 8}
NEVER = "Nobody can meet"


def findings(rule: dict[str, Any]) -> list[str]:
    return lint(Criterion.from_json(rule))


@pytest.mark.parametrize(
    "rule",
    [
        {"metric": "events", "at_most": 3},
        {"metric": "score", "between": [0, 5]},
        {"none": [QUIZ]},
        {"none": [{"badge": "owl"}]},
        {"any": [QUIZ, {"none": [{"metric": "events", "at_least": 1}]}]},
        {"all": [{"metric": "events", "at_most": 3}, {"none": [QUIZ]}]},
    ],
)
def test_a_rule_that_asks_for_nothing_is_everybodys(rule: dict[str, Any]) -> None:
    assert findings(rule) == [EVERYBODY]


@pytest.mark.parametrize(
    "rule",
    [
        {**ACTIVE, "last_days": 7},
        {**ACTIVE, "period": "week"},
        {**ACTIVE, "from": "2026-09-01", "to": "2026-09-07"},
        {**ACTIVE, "from": "2026-09-01", "by": "2026-09-07"},
        {"metric": "streak_weeks", "at_least": 3, "last_days": 7},
        {"metric": "average_percent", "item": "quiz-1", "more_than": 100},
        {"metric": "authored", "items": ["a", "b"], "at_least": 3},
        {"metric": "completed", "items": ["a", "b"], "at_least": 3},
        {"metric": "completed", "item": "a", "more_than": 1},
        {"any": [{**ACTIVE, "last_days": 7}]},
        {"all": [QUIZ, {"all": [{**ACTIVE, "last_days": 7}]}]},
        {"all": [QUIZ, {"none": [QUIZ]}]},
        {"all": [QUIZ, {**QUIZ, "more_than": None, "at_most": 90}]},
        {
            "all": [
                {"metric": "score", "at_least": 9},
                {"metric": "score", "between": [1, 8]},
            ]
        },
    ],
)
def test_a_rule_that_no_one_can_meet_says_why(rule: dict[str, Any]) -> None:
    (found,) = findings(rule)

    assert found.startswith(NEVER)


@pytest.mark.parametrize(
    "rule",
    [
        QUIZ,
        {"metric": "percent", "item": "quiz-1", "at_least": 110},
        {**ACTIVE, "last_days": 8},
        {"metric": "completed", "items": ["a", "b"], "at_least": 2},
        {**ACTIVE, "from": "2026-09-01"},
        {"metric": "streak_weeks", "at_least": 2, "last_days": 2},
        {"any": [QUIZ, {**ACTIVE, "last_days": 7}]},
        {"all": [QUIZ, {**QUIZ, "item": "quiz-2"}]},
        {"all": [{"badge": "owl"}, {"none": [{"badge": "lark"}]}]},
        {
            "all": [
                {"metric": "score", "at_least": 9},
                {"metric": "score", "between": [1, 8], "period": "week"},
            ]
        },
        {
            "all": [
                {"metric": "score", "at_least": 8},
                {"metric": "score", "at_most": 8},
            ]
        },
    ],
)
def test_a_rule_that_makes_sense_is_left_alone(rule: dict[str, Any]) -> None:
    assert findings(rule) == []


def test_the_catalog_keeps_such_a_badge_and_names_it() -> None:
    entry = {"key": "calm", "criterion": {"metric": "events", "at_most": 3}}

    catalog = parse({"badge": [entry]}, "mine.toml")

    assert [badge.key for badge in catalog.entries] == ["calm"]
    assert [str(note) for note in catalog.notes] == [
        f"mine.toml, badge 1 (calm): {EVERYBODY}"
    ]
