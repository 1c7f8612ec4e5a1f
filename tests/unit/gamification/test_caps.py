"""Rules in which no day, or no item, may weigh too much: read, refused and said."""

from typing import Any

import pytest

from gamification.catalog import Criterion
from gamification.catalog.linting import lint
from gamification.catalog.rules import BadRule

BUSY = {"metric": "events", "at_least": 10, "per_day": 3}
GO = "per_day and per_item go with events and completed"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (BUSY, "Contribute 10 times, counting 3 a day at most"),
        (
            {"metric": "completed", "at_least": 4, "per_item": 1, "last_days": 7},
            (
                "Complete 4 activities within the last 7 days, counting 1 in each item "
                "at most"
            ),
        ),
    ],
)
def test_a_cap_is_said_after_all_that_counts(
    rule: dict[str, Any], sentence: str
) -> None:
    criterion = Criterion.from_json(rule)

    assert criterion.said() == sentence
    assert criterion.to_document() == rule
    assert set(criterion.to_json()) == {"all"}
    assert (criterion.monotone, criterion.is_flat) == (True, False)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({**BUSY, "metric": "score"}, f"score has no cap: {GO}"),
        ({**BUSY, "metric": "authored"}, f"authored has no cap: {GO}"),
        ({**BUSY, "metric": "percent", "item": "a"}, f"percent has no cap: {GO}"),
        ({**BUSY, "per_item": 1}, "it has two caps; give per_day or per_item"),
        (
            {"metric": "completed", "items": ["a"], "per_item": 1},
            "a cap goes with a comparison: without one each item counts once",
        ),
        ({**BUSY, "per_day": 0}, "per_day: Input should be greater than or equal to 1"),
        ({**BUSY, "per_day": 1.5}, "per_day: Input should be a valid integer"),
        ({"all": [{**BUSY, "per_day": True}]}, "all[0].per_day: Input should be a"),
    ],
)
def test_a_bad_cap_says_where_it_is_wrong_and_what_is_allowed(
    rule: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadRule) as refused:
        Criterion.from_json(rule)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ({**BUSY, "last_days": 3}, 9),
        ({"metric": "events", "at_least": 5, "per_item": 2, "items": ["a", "b"]}, 4),
        ({"metric": "completed", "at_least": 2, "per_item": 1, "item": "a"}, 1),
    ],
)
def test_more_than_all_days_or_items_can_give_is_nobodys(
    rule: dict[str, Any], most: int
) -> None:
    (said,) = lint(Criterion.from_json(rule))

    assert said.startswith("Nobody can meet ")
    assert said.endswith(f": {most} is the most there is.")


def test_as_much_as_there_can_be_is_fine() -> None:
    assert lint(Criterion.from_json({**BUSY, "at_least": 9, "last_days": 3})) == []
