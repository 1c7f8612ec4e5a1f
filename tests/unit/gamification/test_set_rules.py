"""Rules that name a set of items: what is read, refused and said."""

from typing import Any

import pytest

from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.copying.mapping import Place, set_bindings

ALL = {"metric": "completed", "item_set": "unit-1"}
LABELS = {"set:unit-1": "Unit 1"}


def faults(rule: object) -> str:
    with pytest.raises(BadRule) as refused:
        Criterion.from_json(rule)
    return str(refused.value)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (ALL, "Complete all of Unit 1"),
        ({**ALL, "of": 2}, "Complete 2 of Unit 1"),
        (
            {"metric": "percent", "item_set": "unit-1", "at_least": 80},
            "Reach 80 % in all of Unit 1",
        ),
        (
            {"metric": "average_percent", "item_set": "unit-1", "at_least": 80},
            "Average 80 % over all of Unit 1",
        ),
        (
            {"metric": "score", "item_set": "unit-1", "at_least": 5},
            "Earn 5 points in Unit 1",
        ),
    ],
)
def test_a_set_is_called_what_people_call_it(
    rule: dict[str, Any], sentence: str
) -> None:
    criterion = Criterion.from_json(rule)

    assert criterion.said(LABELS) == sentence
    assert criterion.said().endswith("unit-1")
    assert criterion.to_document() == rule
    assert criterion.set_keys == frozenset({"unit-1"})
    assert criterion.item_keys == frozenset()


def test_what_fills_a_set_is_counted_and_never_kept() -> None:
    criterion = Criterion.from_json({"any": [ALL, {"none": [ALL]}]})

    filled = criterion.filled({"unit-1": ["a", "b"]})

    assert [leaf.keys for leaf in filled.leaves] == [("a", "b")] * 2
    assert [leaf.wanted for leaf in filled.leaves] == [2, 2]
    assert criterion.leaves[0].keys is None


def test_all_of_a_set_without_items_is_more_than_nothing() -> None:
    (leaf,) = Criterion.from_json(ALL).filled({}).leaves

    assert (leaf.keys, leaf.wanted) == ((), 1)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({**ALL, "item": "a"}, "it names both item and item_set; give one of them"),
        ({**ALL, "items": ["a"]}, "it names both items and item_set; give one"),
        ({**ALL, "metric": "score"}, "it needs exactly one of at_least,"),
        ({**ALL, "at_least": 1, "of": 1}, "of counts the items that are met one by"),
        ({**ALL, "item_set": ""}, "item_set: "),
        (
            {"all": [ALL] * 11},
            "it names more than 2,000 items in all of its conditions",
        ),
    ],
)
def test_a_bad_rule_of_a_set_says_what_is_wrong(
    rule: dict[str, Any], said: str
) -> None:
    assert faults(rule).startswith(said)


def test_another_courses_set_is_known_by_key_and_title_or_by_its_title() -> None:
    old = [Place("u1", "Unit 1", "module"), Place("u2", "Unit", "module")]
    twins = [Place("u2", "unit", "module"), Place("u3", "Unit", "module")]

    assert set_bindings(old, [Place("m", "UNIT 1", "module"), *twins]) == {
        "u1": "m",
        "u2": "u2",
    }
    assert set_bindings(old, [Place("u1", "Week 1", "module"), *twins[1:]]) == {
        "u2": "u3"
    }
    others = [Place(key, "Unit", "module") for key in ("a", "b")]
    assert set_bindings(old, others) == {}
