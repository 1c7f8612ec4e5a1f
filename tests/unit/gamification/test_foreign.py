"""What another program writes is taken to the letter, or refused with what is wrong."""

from typing import Any

import pytest

from gamification.catalog.definitions import Malformed
from gamification.catalog.foreign import Reading, proposed, read_foreign

NOVICE = {"badge_id": "novice", "name": "Novice", "criteria": "Finish the essay"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": "No\x00vice"}, "its name is too long or cannot be kept"),
        ({"description": "half \ud83d"}, "its description is too long or cannot be"),
        ({"criteria": "\udc00"}, "its criteria is too long or cannot be kept"),
        ({"name": "n" * 256}, "its name is too long or cannot be kept"),
        ({"criteria": "c" * 4001}, "its criteria is too long or cannot be kept"),
        ({"badge_id": 7}, "its badge_id is not a text"),
        ({"badge_id": "a/b"}, "its badge_id needs letters, digits, dots, dashes or"),
        ({"name": None}, "its name is not a text"),
        ({"name": " \n"}, "its name is empty"),
        ({"issued_date": "2024-13-01"}, "its issued_date is not a date such as"),
        ({"half \ud83d": 1}, 'unknown field "half ?"; there are badge_id, name,'),
    ],
)
def test_what_cannot_be_kept_is_refused(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_foreign({**NOVICE, **change})

    assert str(refused.value).startswith(wrong)


def test_what_is_told_to_be_empty_is_empty() -> None:
    badge = read_foreign({**NOVICE, "description": None, "image_url": None})

    assert badge.description == ""
    assert badge.document == {**NOVICE, "description": None, "image_url": None}


def test_whole_characters_of_any_kind_are_kept() -> None:
    text = "Finish\r\n\tthe essay \N{WATER WAVE} \u202e"

    badge = read_foreign({**NOVICE, "description": text})

    assert badge.document["description"] == text
    assert badge.description == "Finish\nthe essay \N{WATER WAVE}"


def test_the_spaces_of_a_text_say_nothing() -> None:
    wide, narrow = "Complete  Module\n1 ,pass\tquiz", "Complete Module 1, pass quiz"

    assert proposed(f"{wide} with 80%. ", {}) == proposed(f"{narrow} with 80%", {})


def test_a_text_of_more_parts_than_a_rule_has_is_not_understood() -> None:
    clauses = [f"complete quiz {number}" for number in range(21)]

    assert proposed(", ".join(clauses), {}) == Reading(None)
    assert len(proposed(", ".join(clauses[:20]), {}).unbound) == 20
