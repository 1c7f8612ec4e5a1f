import tomllib
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from gamification.catalog import Catalog, Criterion, Dropped, load, parse

GOOD = {"key": "author", "metric": "authored", "threshold": 5}


def reasons(*entries: object) -> list[str]:
    return [dropped.reason for dropped in parse({"badge": list(entries)}).dropped]


@pytest.mark.demand("A13")
def test_the_shipped_catalog_has_the_five_badges() -> None:
    catalog = load(ROOT / "catalog.toml")

    assert catalog.dropped == ()
    assert [
        (e.key, e.icon, e.criterion.metric, e.criterion.at_least)
        for e in catalog.entries
    ] == [
        ("first_contribution", "🌱", "events", 1),
        ("contributor", "✍️", "score", 25),
        ("prolific", "🚀", "score", 100),
        ("author", "📚", "authored", 5),
        ("regular", "🔥", "active_days", 5),
    ]


def test_label_icon_and_description_have_sensible_defaults() -> None:
    (entry,) = parse({"badge": [{**GOOD, "key": "first_author"}]}).entries

    assert (entry.label, entry.icon, entry.description) == ("First author", "🏅", "")
    assert entry.criterion == Criterion.flat("authored", 5)


@pytest.mark.parametrize("name", ["key", "metric", "threshold"])
def test_a_missing_field_is_named_beside_what_is_there(name: str) -> None:
    entry = {field: value for field, value in GOOD.items() if field != name}
    entry["treshold"] = 5

    there = ", ".join(sorted(entry))
    assert reasons(entry) == [f"it has no {name} (it has {there})"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("key", 5, "its key is not a text"),
        ("key", ["author"], "its key is not a text"),
        ("metric", {"a": 1}, "its metric is not a text"),
        ("threshold", [5], "its threshold is not a number (write it without quotes)"),
        ("threshold", "5", "its threshold is not a number (write it without quotes)"),
        ("threshold", True, "its threshold is not a number (write it without quotes)"),
        ("threshold", 2.5, "its threshold is not a whole number"),
        ("threshold", float("nan"), "its threshold is not a whole number"),
        ("threshold", float("inf"), "its threshold is not a whole number"),
        (
            "threshold",
            0,
            "its threshold is not above 0: everybody would have the badge",
        ),
        (
            "threshold",
            -3,
            "its threshold is not above 0: everybody would have the badge",
        ),
        (
            "threshold",
            10**12,
            "its threshold is above 1000000000: nobody would reach it",
        ),
        (
            "metric",
            "scores",
            (
                'there is no metric "scores"; there are '
                "score, events, authored, active_days, completed, time_spent, "
                "and more for a criterion"
            ),
        ),
        ("label", 7, "its label is not a text"),
        ("policy", "kept", 'its policy is "keep" or "revoke"'),
        ("policy", ["keep"], 'its policy is "keep" or "revoke"'),
        ("label", "x" * 101, "its label is longer than 100 characters"),
        ("icon", "x" * 17, "its icon is longer than 16 characters"),
        ("description", "x" * 1001, "its description is longer than 1000 characters"),
        ("label", "a\x00b", "its label holds a character that cannot be shown"),
    ],
)
def test_a_malformed_entry_is_dropped_and_says_why(
    field: str, value: object, reason: str
) -> None:
    assert reasons({**GOOD, field: value}) == [reason]


@pytest.mark.parametrize("key", ["", " a", "a b", "ä", "a/b", "-a", "x" * 65, "a\n"])
def test_a_key_must_fit_an_address(key: str) -> None:
    assert len(reasons({**GOOD, "key": key})) == 1


def test_a_repeated_key_drops_the_second() -> None:
    catalog = parse({"badge": [GOOD, {**GOOD, "threshold": 9}]}, "catalog.toml")

    assert [entry.criterion.at_least for entry in catalog.entries] == [5]
    assert catalog.dropped == (
        Dropped(
            "catalog.toml, badge 2", "author", "its key is taken by an entry above"
        ),
    )


def test_an_entry_that_is_no_table_is_dropped_and_the_others_stay() -> None:
    catalog = parse({"badge": ["author", 5, None, GOOD]})

    assert [entry.key for entry in catalog.entries] == ["author"]
    assert [d.reason for d in catalog.dropped] == ["it is not a table of fields"] * 3


def test_a_whole_number_may_be_written_with_a_point() -> None:
    (entry,) = parse({"badge": [{**GOOD, "threshold": 5.0}]}).entries

    assert entry.criterion == Criterion.flat("authored", 5)


def test_a_dropped_entry_reads_as_a_line_for_the_operator() -> None:
    (dropped,) = parse({"badge": [{**GOOD, "threshold": 0}]}, "my.toml").dropped

    assert str(dropped) == (
        "my.toml, badge 1 (author): "
        "its threshold is not above 0: everybody would have the badge"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"[[badge]\n",
        b"badge = 5\n",
        b"\xff\xfe",
        b"key = " + b"[" * 10_000,
        b"a = " + b"9" * 5_000,
        b"#" * (1024 * 1024 + 1),
    ],
)
def test_a_file_that_cannot_be_read_is_one_dropped_line(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "catalog.toml"
    path.write_bytes(content)

    catalog = load(path)

    assert (catalog.entries, catalog.readable) == ((), False)
    assert [dropped.where for dropped in catalog.dropped] == ["catalog.toml"]


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_missing_file_is_one_dropped_line(tmp_path: Path, name: str) -> None:
    catalog = load(tmp_path / name)

    assert (len(catalog.dropped), catalog.readable) == (1, False)


def test_an_empty_file_is_a_catalog_without_badges(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text("")

    catalog = load(path)

    assert (catalog.entries, catalog.dropped, catalog.readable) == ((), (), True)


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": 6},
        {"metric": "events"},
        {"label": "A"},
        {"icon": "🦉"},
        {"policy": "revoke"},
    ],
)
def test_the_digest_tells_changed_content_apart(change: dict[str, Any]) -> None:
    catalog = parse({"badge": [GOOD]})

    assert parse({"badge": [{**GOOD, **change}]}).digest != catalog.digest
    assert parse({"badge": [dict(GOOD)]}).digest == catalog.digest


def test_toml_comments_do_not_change_the_digest() -> None:
    text = (ROOT / "catalog.toml").read_text()

    plain = parse(tomllib.loads(text))

    assert load(ROOT / "catalog.toml").digest == plain.digest


def overlaid(*entries: object) -> Catalog:
    """Return a catalog of two badges, over which acme laid some entries."""
    shipped = [GOOD, {**GOOD, "key": "owl", "label": "Night owl"}]
    document = {"badge": shipped, "tenant": {"acme": {"badge": list(entries)}}}
    return parse(document, "catalog.toml")


def thresholds(catalog: Catalog) -> dict[str, int]:
    return {entry.key: entry.criterion.at_least for entry in catalog.entries}


def test_a_tenants_entry_replaces_the_fields_it_gives_and_no_others() -> None:
    catalog = overlaid({"key": "owl", "threshold": 9, "policy": "revoke"})

    theirs = catalog.of("acme").entries[1]
    assert (theirs.label, theirs.criterion) == (
        "Night owl",
        Criterion.flat("authored", 9),
    )
    assert (theirs.policy, theirs.origin) == ("revoke", "tenant")
    assert thresholds(catalog) == thresholds(catalog.of("umbrella"))
    assert thresholds(catalog) == {"author": 5, "owl": 5}


def test_a_tenant_adds_a_badge_and_takes_one_out() -> None:
    catalog = overlaid(
        {"key": "lark", "metric": "events", "threshold": 3},
        {"key": "author", "removed": True},
    )

    assert thresholds(catalog.of("acme")) == {"owl": 5, "lark": 3}
    assert catalog.of("acme").is_without("author")
    assert catalog.notes == ()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"key": "owl", "threshold": "9"}, "(write it without quotes)"),
        ({"key": "owl", "removed": "yes"}, "its removed is neither true nor false"),
        ({"key": "lark", "removed": True}, "there is no badge of this key to be"),
        ({"key": "lark", "threshold": 3}, "it has no metric (it has key, threshold)"),
        ({"threshold": 3}, "it has no key (it has threshold)"),
        (7, "it is not a table of fields"),
    ],
)
def test_a_tenants_malformed_entry_is_named_and_the_shipped_badge_stays(
    entry: object, reason: str
) -> None:
    catalog = overlaid({"key": "author", "threshold": 6}, entry)

    assert thresholds(catalog.of("acme")) == {"author": 6, "owl": 5}
    (note,) = catalog.notes
    assert str(note).startswith("catalog.toml, tenant acme, badge 2")
    assert reason in note.reason


def test_a_tenants_key_that_comes_twice_counts_once() -> None:
    catalog = overlaid({"key": "owl", "threshold": 6}, {"key": "owl", "threshold": 7})

    assert thresholds(catalog.of("acme")) == {"author": 5, "owl": 6}
    assert [n.reason for n in catalog.notes] == ["its key is taken by an entry above"]


@pytest.mark.parametrize(
    "tenants", [7, ["acme"], {"acme": 7}, {"acme": {"badge": {"key": "owl"}}}]
)
def test_tenants_that_cannot_be_read_lose_no_badge(tenants: object) -> None:
    catalog = parse({"badge": [GOOD], "tenant": tenants})

    assert thresholds(catalog.of("acme")) == {"author": 5}
    assert not catalog.of("acme").is_without("acmes_own")
    assert len(catalog.notes) == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            {"badge": [{**GOOD, "thresold": 9}]},
            'unknown field "thresold"; did you mean threshold?',
        ),
        ({"badge": [{**GOOD, "removed": True}]}, 'unknown field "removed"'),
        ({"badge": [GOOD], "tenants": {}}, "did you mean tenant?"),
        (
            {"badge": [GOOD], "tenant": {"acme": {"badges": []}}},
            "did you mean badge?",
        ),
    ],
)
def test_a_name_that_means_nothing_is_told_and_the_badge_kept(
    document: dict[str, Any], reason: str
) -> None:
    catalog = parse(document)

    assert thresholds(catalog.of("acme")) == {"author": 5}
    assert [reason in note.reason for note in catalog.notes] == [True]
    assert catalog.dropped == ()
