"""A document is read whole or not at all, whatever it was written in."""

import tomllib
from typing import Any

import pytest

from gamification.catalog.definitions import Malformed
from gamification.catalog.foreign import Foreign
from gamification.copying.documents import document_of, read_document
from gamification.copying.outline import Entry

DEPTH = 100_000


def test_what_a_catalog_says_in_brief_is_told_in_full() -> None:
    read = read_document({"key": "twice_a_week", "metric": "events", "threshold": 2})

    assert isinstance(read, Entry)
    assert read.state == "draft"
    assert document_of(read) == {
        "key": "twice_a_week",
        "label": "Twice a week",
        "icon": "🏅",
        "description": "",
        "criterion": {"metric": "events", "at_least": 2},
        "policy": "keep",
    }


def test_another_programs_badge_is_told_by_its_key() -> None:
    read = read_document({"badge_id": "a", "name": "A", "criteria": "Be kind"})

    assert isinstance(read, Foreign)
    assert (read.key, read.text) == ("a", "Be kind")


def test_a_document_without_an_end_is_refused() -> None:
    deep: Any = 1
    for _ in range(DEPTH):
        deep = [deep]

    with pytest.raises(Malformed, match="it is nested too deeply"):
        read_document({"key": deep})


def test_a_date_of_toml_is_no_text() -> None:
    document = tomllib.loads(
        'badge_id = "a"\nname = "A"\ncriteria = "Be kind"\nissued_date = 2024-05-01'
    )

    with pytest.raises(Malformed, match="its issued_date is not a text"):
        read_document(document)
