"""What a rule of time may say: it is a sum, of whole seconds."""

from typing import Any

import pytest

from gamification.catalog import Criterion
from gamification.catalog.linting import lint
from gamification.catalog.rules import BadRule

NO_CAP = "time_spent has no cap: per_day and per_item go with events and completed"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"at_least": 1.5}, "time_spent is compared with whole numbers"),
        ({"item": "a"}, "it needs exactly one of at_least, more_than, at_most and"),
        ({"at_least": 9, "items": ["a"], "of": 1}, "of counts the items that are met"),
        ({"at_least": 60, "per_day": 30}, NO_CAP),
        ({"at_least": 60, "per_item": 30}, NO_CAP),
    ],
)
def test_what_goes_with_counts_alone_is_refused_by_name(
    rule: dict[str, Any], expected: str
) -> None:
    with pytest.raises(BadRule) as refused:
        Criterion.from_json({"metric": "time_spent", **rule})

    (fault,) = refused.value.faults
    assert fault.message.startswith(expected)


def test_a_window_bounds_no_time_and_a_contradiction_is_found() -> None:
    day = {"metric": "time_spent", "last_days": 1}
    long, short = {**day, "at_least": 100_000}, {**day, "at_most": 60}

    assert lint(Criterion.from_json(long)) == []
    (found,) = lint(Criterion.from_json({"all": [long, short]}))
    assert found == (
        'Nobody can meet both "Spend 27 hours 46 minutes 40 seconds within the last '
        'day" and "Spend at most 1 minute within the last day".'
    )
