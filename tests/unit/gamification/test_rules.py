"""Rules as data: what is read, what is refused and how that is said."""

import json
from datetime import date
from typing import Any

import pytest

from config import ROOT
from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule, json_schema

QUIZ = {"metric": "percent", "item": "quiz-1", "more_than": 90}
LABELS = {"quiz-1": "Quiz 1", "quiz-2": "Quiz 2", "badge:author": "Author"}


def faults(rule: object) -> list[str]:
    with pytest.raises(BadRule) as refused:
        Criterion.from_json(rule)
    return [str(fault) for fault in refused.value.faults]


RULES: list[dict[str, Any]] = [
    {"metric": "score", "at_least": 25},
    QUIZ,
    {"metric": "percent", "items": ["quiz-1", "quiz-2"], "at_least": 80, "of": 1},
    {"metric": "average_percent", "items": ["quiz-1", "quiz-2"], "at_least": 79.5},
    {"metric": "completed", "item": "quiz-1", "on_time": True},
    {"metric": "events", "between": [2, 5], "from": "2026-09-01", "to": "2026-09-30"},
    {"metric": "active_days", "at_least": 3, "last_days": 7},
    {"metric": "score", "more_than": 0.5, "period": "week"},
    {"metric": "streak_weeks", "at_least": 4},
    {"metric": "completed", "items": ["quiz-1"], "by": "2026-11-30"},
    {"metric": "score", "at_least": 0},
    {"metric": "time_spent", "between": [-90, -60]},
    {"badge": "author"},
    {"all": [QUIZ, {"any": [{"badge": "author"}, {"none": [QUIZ]}]}]},
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_survives_the_database_and_the_file(rule: dict[str, Any]) -> None:
    criterion = Criterion.from_json(rule)
    stored = json.loads(json.dumps(criterion.to_json()))

    assert criterion.to_document() == rule
    assert Criterion.from_json(stored) == criterion


def test_only_a_metric_and_a_whole_number_are_the_shorthand() -> None:
    flat = [Criterion.from_json(rule).is_flat for rule in RULES]

    assert flat == [True] + [False] * (len(RULES) - 1)
    assert Criterion.from_json({"metric": "score", "at_least": 2.0}).is_flat
    assert not Criterion.from_json({"metric": "score", "at_least": 2.5}).is_flat


def test_what_is_more_than_the_shorthand_is_stored_as_a_group() -> None:
    stored = Criterion.from_json({"metric": "score", "at_least": 2, "on_time": True})

    assert set(stored.to_json()) == {"all"}


def test_a_threshold_may_be_said_instead() -> None:
    said = Criterion.from_json({"metric": "events", "threshold": 3})

    assert said == Criterion.flat("events", 3)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (5, ["this is not a table with all, any, none, badge or metric"]),
        ({"all": []}, ["all: it is empty"]),
        ({"all": [{"any": [7]}]}, ["all[0].any[0]: this is not a table with"]),
        ({"metric": "charm", "at_least": 1}, ["metric: there is no metric 'charm'"]),
        ({"at_least": 1}, ["metric: it is missing"]),
        ({"all": [QUIZ, {**QUIZ, "item": ""}]}, ["all[1].item: "]),
        ({**QUIZ, "items": ["a"]}, ["it names both item and items"]),
        ({"metric": "percent", "more_than": 90}, ["percent needs an item or items"]),
        ({"metric": "score"}, ["it needs exactly one of at_least, more_than,"]),
        ({**QUIZ, "at_least": 80}, ["it needs exactly one of at_least, more_than,"]),
        ({"metric": "score", "at_least": True}, ["at_least: this is not a number"]),
        ({"metric": "score", "at_least": "5"}, ["at_least: this is not a number"]),
        (
            {"metric": "score", "at_least": 1e99},
            ["at_least: this is not a number from"],
        ),
        ({"metric": "score", "at_least": float("nan")}, ["at_least: this is not a"]),
        ({"metric": "score", "at_least": 1.001}, ["at_least: this has more than two"]),
        ({"metric": "events", "at_least": 1.5}, ["events is compared with whole"]),
        (
            {"metric": "score", "at_least": -(10**9) - 1},
            ["at_least: this is not a number from -1000000000 to 1000000000"],
        ),
        ({**QUIZ, "more_than": 1001}, ["a percent is compared with 1000 at most"]),
        ({**QUIZ, "more_than": -1001}, ["a percent is compared with 1000 at most"]),
        ({"metric": "score", "between": [5, 2]}, ["its between ends before it begins"]),
        ({**QUIZ, "of": 1}, ["of counts the items that are met one by one"]),
        (
            {"metric": "percent", "items": ["a"], "at_least": 8, "of": 2},
            ["of is 2 and there are 1 items"],
        ),
        ({"metric": "completed", "items": ["a", "a"]}, ["its items name one of them"]),
        ({**QUIZ, "last_days": 7, "period": "week"}, ["it has two windows"]),
        ({**QUIZ, "period": "year"}, ["period: Input should be 'week', 'month'"]),
        ({**QUIZ, "from": "2026-02-30"}, ["from: "]),
        (
            {**QUIZ, "from": "2026-02-02", "to": "2026-02-01"},
            ["its window ends before"],
        ),
        ({"metric": "active_days", "at_least": 3, "on_time": 1}, ["on_time: "]),
    ],
)
def test_a_bad_rule_says_where_it_is_wrong_and_what_is_allowed(
    rule: object, expected: list[str]
) -> None:
    found = faults(rule)

    assert len(found) == len(expected)
    assert [said.startswith(word) for said, word in zip(found, expected, strict=True)]
    assert all(a.startswith(b) for a, b in zip(found, expected, strict=True)), found


def test_an_unknown_metric_and_field_name_what_there_is() -> None:
    (metric,) = faults({"all": [{"metric": "charm", "at_least": 1}]})
    (field,) = faults({**QUIZ, "at_leest": 1})

    assert metric == (
        "all[0].metric: there is no metric 'charm'; there are score, events, authored, "
        "active_days, completed, time_spent, percent, average_percent, streak_weeks"
    )
    assert field.startswith("at_leest: there is no such field, did you mean at_least?")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(faults({"any": [{"metric": "charm"}, 5, {"badge": ""}]})) == 3


@pytest.mark.parametrize("depth", [9, 5_000])
def test_a_rule_without_end_is_refused(depth: int) -> None:
    rule: dict[str, Any] = QUIZ
    for _ in range(depth):
        rule = {"all": [rule]}

    assert faults(rule) == ["it is nested more than 8 deep"]


def test_a_rule_of_too_many_conditions_is_refused() -> None:
    crowd = {"all": [{"any": [QUIZ] * 20}] * 3}

    assert faults(crowd) == ["it has more than 40 conditions"]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (QUIZ, "Reach more than 90 % in Quiz 1"),
        (
            {"metric": "percent", "items": ["quiz-1", "quiz-2"], "at_least": 80},
            "Reach 80 % in Quiz 1 and Quiz 2",
        ),
        (
            {"metric": "percent", "items": ["a", "b", "c"], "at_least": 80, "of": 2},
            "Reach 80 % in 2 of a, b and c",
        ),
        (
            {"metric": "average_percent", "items": ["a", "b"], "between": [50, 79.5]},
            "Average 50 to 79.5 % over a and b",
        ),
        (
            {"metric": "completed", "item": "quiz-1", "by": "2026-11-30"},
            "Complete Quiz 1 by 30 November 2026",
        ),
        (
            {"metric": "authored", "items": ["a", "b"], "of": 1, "on_time": True},
            "Hand in or post work in 1 of a and b on time",
        ),
        (
            {"metric": "active_days", "at_least": 3, "last_days": 7},
            "Be active on 3 different days within the last 7 days",
        ),
        (
            {"metric": "score", "more_than": 1, "period": "week"},
            "Earn more than 1 point this week",
        ),
        (
            {"metric": "time_spent", "more_than": 3900, "period": "week"},
            "Spend more than 1 hour 5 minutes this week",
        ),
        (
            {"metric": "time_spent", "between": [60, 3600], "item": "quiz-2"},
            "Spend 1 minute to 1 hour in Quiz 2",
        ),
        (
            {"metric": "time_spent", "at_least": -90},
            "Spend -1 minute 30 seconds",
        ),
        (
            {"metric": "events", "at_most": 3, "item": "quiz-2"},
            "Contribute at most 3 times in Quiz 2",
        ),
        (
            {"metric": "events", "at_least": 1, "from": "2026-09-01"},
            "Contribute once from 1 September 2026 on",
        ),
        (
            {
                "metric": "events",
                "at_least": 2,
                "from": "2026-09-01",
                "to": "2026-09-30",
            },
            "Contribute 2 times from 1 September 2026 to 30 September 2026",
        ),
        (
            {"metric": "streak_weeks", "at_least": 4},
            "Be active in 4 weeks in a row",
        ),
        ({"badge": "author"}, "Earn the badge Author"),
        (
            {"all": [QUIZ, {"any": [{"badge": "author"}, {"badge": "owl"}]}]},
            (
                "Reach more than 90 % in Quiz 1 and "
                "(either earn the badge Author or earn the badge owl)"
            ),
        ),
        (
            {"none": [{"metric": "events", "at_least": 5, "last_days": 1}]},
            "Do not contribute 5 times within the last day",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: dict[str, Any], sentence: str) -> None:
    assert Criterion.from_json(rule).said(LABELS) == sentence


@pytest.mark.parametrize(
    ("rule", "monotone", "time_dependent"),
    [
        (QUIZ, True, False),
        ({"metric": "score", "at_most": 5}, False, False),
        ({"metric": "score", "between": [1, 5]}, False, False),
        ({"metric": "average_percent", "item": "a", "at_least": 5}, False, False),
        ({"metric": "score", "at_least": 5, "period": "month"}, True, True),
        ({"metric": "score", "at_least": 5, "last_days": 3}, True, True),
        ({"metric": "score", "at_least": 5, "by": "2026-11-30"}, True, False),
        ({"none": [QUIZ]}, False, False),
        ({"badge": "author"}, True, False),
        ({"all": [QUIZ, {"any": [{"none": [QUIZ]}, QUIZ]}]}, False, False),
        (
            {"any": [QUIZ, {"metric": "score", "at_least": 5, "last_days": 3}]},
            True,
            True,
        ),
    ],
)
def test_a_rule_knows_whether_it_only_grows_and_whether_time_moves_it(
    rule: dict[str, Any], monotone: bool, time_dependent: bool
) -> None:
    criterion = Criterion.from_json(rule)

    assert (criterion.monotone, criterion.time_dependent) == (monotone, time_dependent)


def test_a_date_may_be_one_as_in_a_toml_file() -> None:
    said = Criterion.from_json({**QUIZ, "by": date(2026, 11, 30)})

    assert said.to_document()["by"] == "2026-11-30"


def test_the_published_schema_is_that_of_the_rules() -> None:
    published = json.loads((ROOT / "docs" / "criterion.schema.json").read_text())

    assert published == json_schema()


@pytest.mark.parametrize("key", ["", "a\x00", "a\nb", "x" * 129])
def test_a_key_that_no_database_takes_is_refused(key: str) -> None:
    for rule in ({"metric": "completed", "item": key}, {"all": [{"badge": key}]}):
        with pytest.raises(BadRule):
            Criterion.from_json(rule)


def test_a_rule_names_so_many_items_and_no_more() -> None:
    def naming(number: int) -> dict[str, Any]:
        keys = [f"quiz-{n}" for n in range(number)]
        return {"metric": "completed", "items": keys}

    assert faults({"all": [naming(200)] * 10 + [naming(1)]}) == [
        "it names more than 2,000 items in all of its conditions"
    ]
    assert Criterion.from_json({"all": [naming(200)] * 10}).item_keys
    assert "200" in faults(naming(201))[0]
