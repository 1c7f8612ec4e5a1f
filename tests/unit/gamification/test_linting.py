"""Rules that can be read and make no sense are told so, in a sentence each."""

from time import perf_counter
from typing import Any

import pytest

from gamification.catalog import Criterion, parse
from gamification.catalog.linting import EVERYBODY, lint

QUIZ = {"metric": "percent", "item": "quiz-1", "more_than": 90}
ACTIVE = {"metric": "active_days", "at_least": 8}
MANY = {"metric": "events", "at_least": 5}
FEW = {"metric": "events", "at_most": 3}
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
        {"all": [MANY, {"any": [FEW]}]},
        {"all": [{"any": [{"all": [MANY, {"any": [{"any": [FEW]}]}]}]}, QUIZ]},
        {"any": [{"all": [MANY, {"any": [FEW]}]}]},
        {"all": [MANY, {"any": [{"none": [MANY]}]}]},
        {"all": [{"any": [QUIZ]}, {"all": [{"none": [QUIZ]}]}]},
        {"all": [{"all": [QUIZ, ACTIVE]}, {"none": [{"all": [QUIZ, ACTIVE]}]}]},
    ],
)
def test_a_rule_that_no_one_can_meet_says_why(rule: dict[str, Any]) -> None:
    (found,) = findings(rule)

    assert found.startswith(NEVER)


@pytest.mark.parametrize(
    "choices",
    [
        [{"any": [FEW, {**FEW, "at_most": 4}]}],
        [{"any": [QUIZ, ACTIVE]}, {"any": [FEW, {"none": [MANY]}]}],
        [{"any": [FEW, {"any": [FEW, {"all": [QUIZ, {"none": [QUIZ]}]}]}]}],
    ],
)
def test_a_choice_of_which_no_way_goes_with_the_rest_says_why_of_each(
    choices: list[dict[str, Any]],
) -> None:
    found = findings({"all": [MANY, *choices]})

    assert len(found) == 2
    assert all(sentence.startswith(NEVER) for sentence in found)


def test_the_widest_rule_is_looked_through_in_no_time() -> None:
    way = {"all": [{**MANY, "last_days": 3}, {**FEW, "last_days": 4}]}
    choices = [{"any": [way] * 2}] * 9
    rule = {"all": [MANY, *choices, {"any": [FEW, {**FEW, "at_most": 4}]}]}

    began = perf_counter()

    assert len(findings(rule)) == 2
    assert perf_counter() - began < 1


@pytest.mark.parametrize(
    "rule",
    [
        QUIZ,
        {"all": [MANY, {"any": [FEW, QUIZ]}]},
        {"all": [{"any": [MANY, QUIZ]}, {"any": [FEW, QUIZ]}]},
        {"all": [MANY, {"any": [{**FEW, "period": "week"}]}]},
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


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        ({"metric": "score", "at_least": 0}, 'Everybody meets "Earn 0 points".'),
        (
            {"metric": "events", "more_than": -1},
            'Everybody meets "Contribute more than -1 times".',
        ),
        (
            {**QUIZ, "more_than": -0.5},
            'Whatever the result is, it meets "Reach more than -0.5 % in quiz-1".',
        ),
        (
            {**QUIZ, "more_than": None, "at_most": -1},
            'Nobody can meet "Reach at most -1 % in quiz-1": nothing is below 0.',
        ),
        (
            {"metric": "score", "between": [-5, -1]},
            'Nobody can meet "Earn -5 to -1 points": nothing is below 0.',
        ),
        (
            {"metric": "score", "between": [-5, 1]},
            '"Earn -5 to 1 points" begins below 0, where nothing is.',
        ),
    ],
)
@pytest.mark.parametrize("group", ["all", "none"])
def test_a_bound_that_is_not_above_0_is_told_wherever_it_stands(
    leaf: dict[str, Any], said: str, group: str
) -> None:
    beside = {"badge": "owl"}

    assert findings({"all": [beside, {group: [leaf]}]}) == [said]


@pytest.mark.parametrize(
    "leaf",
    [
        {"metric": "score", "more_than": 0},
        {**QUIZ, "more_than": 0},
        {**QUIZ, "more_than": None, "at_most": 0},
        {**QUIZ, "more_than": None, "between": [0, 50]},
        {"all": [{"metric": "score", "at_most": 0}, QUIZ]},
    ],
)
def test_more_than_nothing_and_nothing_so_far_make_sense(leaf: dict[str, Any]) -> None:
    assert findings(leaf) == []


@pytest.mark.parametrize(
    "criterion",
    [
        {"metric": "score", "at_least": 0},
        {"all": [QUIZ, {"metric": "events", "more_than": -1}]},
        {"metric": "score", "at_most": -1},
    ],
)
def test_the_catalog_drops_what_is_not_above_0(criterion: dict[str, Any]) -> None:
    entry = {"key": "calm", "criterion": {"metric": "events", "at_least": 1}}
    overlay = {"acme": {"badge": [{"key": "calm", "criterion": criterion}]}}

    shipped = parse({"badge": [{"key": "calm", "criterion": criterion}]})
    theirs = parse({"badge": [entry], "tenant": overlay}).of("acme")

    for dropped in (*shipped.dropped, *theirs.dropped):
        assert dropped.reason.startswith("its criterion cannot be used: ")
    assert (len(shipped.dropped), len(theirs.dropped)) == (1, 1)
    assert shipped.entries == ()
    assert [badge.criterion.at_least for badge in theirs.entries] == [1]


def test_the_catalog_keeps_such_a_badge_and_names_it() -> None:
    entry = {"key": "calm", "criterion": {"metric": "events", "at_most": 3}}

    catalog = parse({"badge": [entry]}, "mine.toml")

    assert [badge.key for badge in catalog.entries] == ["calm"]
    assert [str(note) for note in catalog.notes] == [
        f"mine.toml, badge 1 (calm): {EVERYBODY}"
    ]


@pytest.mark.parametrize(
    ("rule", "days", "is_nobodys"),
    [
        ({**ACTIVE, "at_least": 91, "period": "term"}, 90, True),
        ({**ACTIVE, "at_least": 90, "period": "term"}, 90, False),
        ({**ACTIVE, "at_least": 91, "period": "term"}, None, False),
        ({"metric": "streak_weeks", "at_least": 15, "period": "term"}, 91, True),
        ({"metric": "streak_weeks", "at_least": 14, "period": "term"}, 91, False),
        ({**ACTIVE, "at_least": 8, "period": "week"}, 90, True),
    ],
)
def test_a_term_has_so_many_days_and_no_more(
    rule: dict[str, Any], days: int | None, *, is_nobodys: bool
) -> None:
    found = lint(Criterion.from_json(rule), days)

    assert [one.startswith("Nobody can meet") for one in found] == [True] * is_nobodys
