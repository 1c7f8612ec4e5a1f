"""Rules that nobody can meet because of what their `none` rules out."""

from typing import Any

import pytest

from gamification.catalog import Criterion
from gamification.catalog.linting import EVERYBODY, lint

QUIZ = {"metric": "percent", "item": "quiz-1"}
LISTED = {"metric": "percent", "items": ["quiz-1"]}
BOTH = {"metric": "percent", "items": ["quiz-1", "quiz-2"]}
AVERAGE = {"metric": "average_percent", "items": ["quiz-1", "quiz-2"]}
DONE = {"metric": "completed", "item": "quiz-1"}
ACTS = {"metric": "events"}
POINTS = {"metric": "score"}
ACTED = {**ACTS, "at_least": 6}
OWL = {"badge": "owl"}


def findings(rule: dict[str, Any]) -> list[str]:
    return lint(Criterion.from_json(rule))


def without(asked: dict[str, Any], *ruled_out: dict[str, Any]) -> dict[str, Any]:
    return {"all": [asked, {"none": list(ruled_out)}]}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            without({**QUIZ, "at_least": 80}, {**QUIZ, "at_least": 50}),
            (
                'Nobody can meet "Reach 80 % in quiz-1": "Reach 50 % in quiz-1" is ruled '
                "out."
            ),
        ),
        (
            {"none": [{**ACTS, "at_most": 5}, {**ACTS, "at_least": 3}]},
            (
                'Nobody can meet it: both "Contribute at most 5 times" and "Contribute 3 '
                'times" are ruled out.'
            ),
        ),
        (
            without(
                {**ACTS, "at_least": 6},
                {**ACTS, "between": [4, 7]},
                {**ACTS, "between": [5, 9]},
                {**ACTS, "more_than": 8},
            ),
            (
                'Nobody can meet "Contribute 6 times": "Contribute 5 to 9 times" and '
                '"Contribute more than 8 times" are ruled out.'
            ),
        ),
        (
            {
                "all": [
                    {**ACTS, "at_least": 6},
                    {**ACTS, "at_most": 8},
                    {"none": [{**ACTS, "between": [5, 9]}]},
                ]
            },
            (
                'Nobody can meet both "Contribute 6 times" and "Contribute at most 8 '
                'times": "Contribute 5 to 9 times" is ruled out.'
            ),
        ),
        (
            without(
                {**ACTS, "between": [2, 4]},
                {"all": [{**ACTS, "at_least": 1}, {**ACTS, "at_most": 4}]},
            ),
            (
                'Nobody can meet "Contribute 2 to 4 times": "Contribute once and '
                'contribute at most 4 times" is ruled out.'
            ),
        ),
        (
            {
                "none": [
                    {**ACTS, "at_most": 2},
                    {**ACTS, "between": [3, 5]},
                    {**ACTS, "more_than": 5},
                ]
            },
            (
                'Nobody can meet it: "Contribute at most 2 times", "Contribute 3 to 5 '
                'times" and "Contribute more than 5 times" are ruled out.'
            ),
        ),
    ],
)
def test_what_is_ruled_out_is_named(rule: dict[str, Any], said: str) -> None:
    assert findings(rule) == [said]


@pytest.mark.parametrize(
    "rule",
    [
        without(DONE, {"metric": "completed", "items": ["quiz-1"]}),
        without(DONE, {**DONE, "at_least": 1}),
        {"all": [{**LISTED, "at_least": 80}, {**QUIZ, "at_most": 50}]},
        {"all": [{**LISTED, "of": 1, "at_least": 80}, {**QUIZ, "at_most": 50}]},
        without({**QUIZ, "more_than": 50}, {**LISTED, "at_least": 50}),
        without({**QUIZ, "at_most": 50}, {**QUIZ, "at_most": 50.01}),
        without({**QUIZ, "between": [60, 70]}, {**QUIZ, "between": [50, 70]}),
        without({**QUIZ, "at_most": 50}, {**QUIZ, "between": [0, 50]}),
        without(
            {**QUIZ, "between": [40, 60]},
            {**QUIZ, "at_most": 50},
            {**QUIZ, "more_than": 50},
        ),
        without({**AVERAGE, "at_least": 80}, {**AVERAGE, "at_least": 50}),
        {
            "all": [
                {**AVERAGE, "at_least": 80},
                {**AVERAGE, "items": ["quiz-2", "quiz-1"], "at_most": 50},
            ]
        },
        {"all": [ACTED, OWL, {"none": [{"all": [OWL, ACTED]}]}]},
        {"all": [ACTED, {"all": [OWL, {"none": [{"all": [ACTED, {"all": [OWL]}]}]}]}]},
        without(OWL, {"all": [OWL]}),
        without({**BOTH, "at_least": 80}, {**QUIZ, "at_least": 50}),
        without({**BOTH, "of": 2, "at_least": 80}, {**QUIZ, "at_least": 50}),
        {"all": [{**BOTH, "at_least": 80}, {**QUIZ, "at_most": 50}]},
        without({**QUIZ, "at_least": 80}, {**BOTH, "of": 1, "at_least": 50}),
        without({**DONE, "item": None, "items": ["quiz-1", "quiz-2"]}, DONE),
        # Between 2 and 3 there is no number of acts.
        without({**ACTS, "more_than": 2}, {**ACTS, "at_least": 3}),
        {"none": [{**ACTS, "at_most": 5}, {**ACTS, "at_least": 6}]},
        {"none": [{**DONE, "at_most": 0}, DONE]},
        {"none": [{"any": [{**ACTS, "at_most": 5}, {**ACTS, "at_least": 6}]}]},
        {"none": [{**POINTS, "at_most": 5}, {**POINTS, "more_than": 5}]},
        {
            "all": [
                {"none": [{**ACTS, "at_most": 5}]},
                {"any": [{"none": [{**ACTS, "at_least": 4}]}]},
            ]
        },
    ],
)
def test_what_leaves_nothing_over_is_nobodys(rule: dict[str, Any]) -> None:
    (found,) = findings(rule)

    assert found.startswith("Nobody can meet")


@pytest.mark.parametrize(
    "rule",
    [
        without(OWL, {**QUIZ, "at_least": 50}),
        # Who has no result has neither.
        without(OWL, {**QUIZ, "at_least": 50}, {**QUIZ, "at_most": 60}),
        without(OWL, {**AVERAGE, "at_least": 50}, {**AVERAGE, "at_most": 60}),
        without(
            {**QUIZ, "item": "quiz-2", "at_least": 1},
            {**QUIZ, "at_least": 50},
            {**QUIZ, "at_most": 60},
        ),
        without({**ACTS, "at_least": 6}, {**ACTS, "at_most": 5}),
        without({**ACTS, "at_least": 6}, {**ACTS, "at_least": 7}),
        without({**ACTS, "at_least": 2}, {**ACTS, "between": [2, 8]}),
        without({**QUIZ, "at_least": 50}, {**QUIZ, "at_least": 80}),
        without({**QUIZ, "at_least": 50}, {**QUIZ, "more_than": 50}),
        without({**QUIZ, "more_than": 50}, {**QUIZ, "at_least": 50.01}),
        without({**QUIZ, "at_least": 80}, {**QUIZ, "at_least": 50, "last_days": 7}),
        without({**QUIZ, "at_least": 80}, {**QUIZ, "at_least": 50, "on_time": True}),
        without({**QUIZ, "at_least": 80}, {**BOTH, "at_least": 50}),
        without({**BOTH, "of": 1, "at_least": 80}, {**QUIZ, "at_least": 50}),
        {"all": [{**BOTH, "of": 1, "at_least": 80}, {**QUIZ, "at_most": 50}]},
        without(ACTED, {"all": [OWL, ACTED]}),
        without(
            {**QUIZ, "at_least": 80},
            {
                "all": [
                    {**QUIZ, "at_least": 50},
                    {**QUIZ, "item": "quiz-2", "at_least": 1},
                ]
            },
        ),
        # Who is excused from all of it has no average.
        {"none": [{**AVERAGE, "at_most": 50}, {**AVERAGE, "more_than": 50}]},
        without({**BOTH, "of": 1, "at_least": 80}, {**BOTH, "at_least": 50}),
        without({**ACTS, "at_least": 6}, {**ACTS, "at_least": 6, "per_day": 1}),
        without({**ACTS, "at_least": 6}, {**ACTS, "item": "quiz-1", "at_least": 1}),
        without(OWL, {**ACTS, "at_most": 5}, {**ACTS, "at_least": 7}),
        without(OWL, {**POINTS, "at_most": 5}, {**POINTS, "at_least": 5.5}),
        without(OWL, {"all": [{**ACTS, "at_most": 5}, {**ACTS, "at_least": 3}]}),
        {"any": [OWL, {"none": [{**ACTS, "at_most": 5}, {**ACTS, "at_least": 3}]}]},
        without(OWL, {"none": [{**QUIZ, "at_least": 50}, {**QUIZ, "at_most": 60}]}),
    ],
)
def test_what_somebody_can_meet_is_left_alone(rule: dict[str, Any]) -> None:
    assert findings(rule) == []


def test_what_is_ruled_out_of_everybody_is_everybodys() -> None:
    inner = {"none": [{**ACTS, "at_most": 5}, {**ACTS, "at_least": 3}]}

    assert findings({"none": [inner]}) == [EVERYBODY]
