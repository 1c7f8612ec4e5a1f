"""The catalog with rules that are more than a metric and a threshold."""

import tomllib
from typing import Any

import pytest

from gamification.catalog import Catalog, parse

TEXT = """
[[badge]]
key = "ace"
criterion = {metric = "percent", item = "quiz-1", more_than = 90}

[[badge]]
key = "finisher"
policy = "revoke"
[[badge.criterion.all]]
badge = "ace"
[[badge.criterion.all]]
metric = "completed"
items = ["quiz-1", "quiz-2"]
by = 2026-11-30
"""
FLAT = {"key": "owl", "metric": "events", "threshold": 5}


def asks(key: str, *others: str) -> dict[str, Any]:
    return {"key": key, "criterion": {"all": [{"badge": other} for other in others]}}


def kept(catalog: Catalog) -> dict[str, str]:
    return {entry.key: entry.criterion.sentence for entry in catalog.entries}


def test_a_rule_is_read_from_the_file() -> None:
    catalog = parse(tomllib.loads(TEXT))

    assert catalog.notes == ()
    assert kept(catalog) == {
        "ace": "Reach more than 90 % in quiz-1",
        "finisher": (
            "Earn the badge ace and complete quiz-1 and quiz-2 by 30 November 2026"
        ),
    }


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"key": "a", "criterion": 5}, "its criterion cannot be used: this is not a"),
        (
            {"key": "a", "criterion": {"all": [{"metric": "charm"}]}},
            "its criterion cannot be used: all[0].metric: there is no metric 'charm'",
        ),
        ({**FLAT, "criterion": {"badge": "b"}}, "it has a criterion and also a metric"),
        ({"criterion": {"badge": "b"}}, "it has no key"),
        (asks("a", "b"), 'it asks for a badge "b"; there are a'),
    ],
)
def test_a_malformed_rule_drops_its_entry_and_says_why(
    entry: dict[str, Any], reason: str
) -> None:
    catalog = parse({"badge": [entry]})

    assert catalog.entries == ()
    assert [one.reason.startswith(reason) for one in catalog.dropped] == [True]


def test_badges_that_ask_for_each_other_are_dropped_and_the_circle_named() -> None:
    catalog = parse(
        {
            "badge": [
                FLAT,
                asks("a", "b"),
                asks("b", "c"),
                asks("c", "a"),
                asks("d", "a"),
            ]
        }
    )

    assert list(kept(catalog)) == ["owl", "d"]
    assert {one.key for one in catalog.dropped} == {"a", "b", "c"}
    (reason,) = {one.reason for one in catalog.dropped}
    circle = reason.removeprefix("badges ask for each other: ").split(" → ")
    assert circle in (
        ["a", "b", "c", "a"],
        ["b", "c", "a", "b"],
        ["c", "a", "b", "c"],
    )


def test_a_badge_that_asks_for_itself_is_dropped() -> None:
    catalog = parse({"badge": [asks("a", "a")]})

    assert [one.reason for one in catalog.dropped] == [
        "badges ask for each other: a → a"
    ]


def test_a_badge_whose_prerequisite_is_malformed_stays() -> None:
    catalog = parse({"badge": [asks("a", "owl"), {**FLAT, "threshold": 0}]})

    assert list(kept(catalog)) == ["a"]


def overlaid(*entries: object) -> Catalog:
    ace = {"key": "ace", "criterion": {"metric": "streak_weeks", "at_least": 3}}
    shipped = [FLAT, ace, asks("both", "owl", "ace")]
    tenants = {"acme": {"badge": list(entries)}}
    return parse({"badge": shipped, "tenant": tenants})


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"key": "owl", "criterion": {"badge": "ace"}}, "Earn the badge ace"),
        ({"key": "ace", "metric": "events", "threshold": 2}, "Contribute 2 times"),
        ({"key": "owl", "threshold": 7}, "Contribute 7 times"),
        ({"key": "ace", "icon": "🦉"}, "Be active in 3 weeks in a row"),
    ],
)
def test_a_tenants_rule_takes_the_place_of_either_form(
    entry: dict[str, Any], sentence: str
) -> None:
    catalog = overlaid(entry)

    assert catalog.notes == ()
    assert kept(catalog.of("acme"))[entry["key"]] == sentence


def test_a_tenants_circle_brings_back_what_is_shipped() -> None:
    catalog = overlaid({"key": "owl", "criterion": {"badge": "both"}})

    assert kept(catalog.of("acme")) == kept(catalog)
    assert len(catalog.notes) == 1


def test_a_shipped_badge_whose_prerequisite_a_tenant_takes_out_is_told() -> None:
    catalog = overlaid({"key": "ace", "removed": True})

    assert list(kept(catalog.of("acme"))) == ["owl", "both"]
    assert [note.reason for note in catalog.notes] == [
        'it asks for the badge "ace", which is taken out'
    ]
