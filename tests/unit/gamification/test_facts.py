from datetime import UTC, datetime
from typing import Any

import pytest

from gamification.activity import Fact, FactRefused
from tests.factories import POINT
from tests.support.clock import NOW


def a_fact(**named: Any) -> Fact:  # noqa: ANN401 -- any field of the fact
    fields = {
        "context_id": 1,
        "membership_id": 2,
        "kind": "submitted",
        "occurred_at": NOW,
        "source": "test",
        **named,
    }
    return Fact(**fields)


def test_the_key_names_kind_item_and_attempt_and_no_source() -> None:
    first = a_fact(item_id=7, attempt="2", source="ags")
    second = a_fact(item_id=7, attempt="2", source="moodle")

    assert first.key == second.key == "submitted:7:2"
    assert a_fact().key == "submitted::"


@pytest.mark.parametrize(
    "named",
    [
        {"kind": "danced"},
        {"status": "lost"},
        {"source": ""},
        {"source": "x" * 33},
        {"attempt": "x" * 129},
        {"attempt": "a\x00"},
        {"score": -1},
        {"score": 1.5},
        {"score": True},
        {"score": 10**12 + 1},
        {"maximum": 10**12 + 1},
        {"seconds": -1},
        {"seconds": 10**9},
        {"kind": "graded"},
        {"occurred_at": NOW.replace(tzinfo=None)},
        {"seen_at": NOW.replace(tzinfo=None)},
        {"occurred_at": datetime(1970, 1, 1, tzinfo=UTC)},
        {"occurred_at": datetime.max.replace(tzinfo=UTC)},
    ],
)
def test_a_fact_that_makes_no_sense_is_refused(named: dict[str, Any]) -> None:
    with pytest.raises(FactRefused):
        a_fact(**named)


@pytest.mark.parametrize(
    "named",
    [
        {"kind": "graded", "score": 0, "maximum": 0},
        {"kind": "graded", "score": 10**12, "maximum": 10**12},
        {"kind": "graded", "score": 110 * POINT, "maximum": 100 * POINT},
        {"kind": "graded", "status": "withdrawn"},
        {"kind": "spent", "seconds": 3600},
        {"status": "late"},
    ],
)
def test_a_fact_at_the_edge_of_sense_is_kept(named: dict[str, Any]) -> None:
    assert a_fact(**named).context_id == 1
