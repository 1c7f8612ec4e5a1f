"""Whatever an operator writes: the catalog is read, and never stops the application."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.catalog import load, parse
from gamification.metrics import METRICS

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
FIELDS = (
    *("key", "label", "icon", "metric", "threshold", "description"),
    *("policy", "removed"),
)
# Close to right, so that the later checks are reached, too.
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, ANYTHING),
        "key": st.sampled_from(["owl", "lark", "", "a b"]) | ANYTHING,
        "metric": st.sampled_from([*METRICS, "nights"]) | ANYTHING,
        "threshold": st.integers(-2, 10) | ANYTHING,
    },
)


@given(st.dictionaries(st.text(max_size=8), ANYTHING, max_size=3) | ANYTHING)
def test_any_document_is_a_catalog(document: object) -> None:
    catalog = parse(document)

    assert len(catalog.digest) == 64


@given(st.lists(NEARLY | ANYTHING, max_size=6))
@pytest.mark.demand("A27")
def test_every_entry_is_kept_or_dropped_with_a_reason(entries: list[object]) -> None:
    catalog = parse({"badge": entries})

    assert len(catalog.entries) + len(catalog.dropped) == len(entries)
    assert all(
        dropped.reason and "\n" not in str(dropped) for dropped in catalog.dropped
    )
    keys = [entry.key for entry in catalog.entries]
    assert len(keys) == len(set(keys))
    for entry in catalog.entries:
        assert entry.criterion.metric in METRICS
        assert entry.criterion.at_least >= 1
        assert "\x00" not in f"{entry.label}{entry.icon}{entry.description}"


@given(st.lists(NEARLY, max_size=3), st.lists(NEARLY | ANYTHING, max_size=6))
def test_a_tenants_entries_are_used_or_named(
    shipped: list[object], entries: list[object]
) -> None:
    catalog = parse({"badge": shipped, "tenant": {"acme": {"badge": entries}}})

    theirs = catalog.of("acme")
    keys = [entry.key for entry in theirs.entries]
    assert len(keys) == len(set(keys))
    assert set(theirs.dropped) <= set(catalog.notes)
    assert all(note.reason and "\n" not in str(note) for note in catalog.notes)


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@pytest.mark.demand("A27")
def test_any_file_is_a_catalog(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.toml"
        path.write_bytes(content)

        catalog = load(path)

    assert catalog.readable or len(catalog.dropped) == 1
