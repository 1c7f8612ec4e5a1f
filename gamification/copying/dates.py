"""The days in a rule, moved to another term."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gamification.catalog import Criterion
from gamification.copying.outline import Entry

DAYS = ("by", "from", "to")
"""The fields of a condition that are days of the calendar."""


@dataclass(frozen=True)
class Moved:
    """A badge with its days where they belong in the new course."""

    entry: Entry
    days: tuple[tuple[date, date], ...] = ()
    """Each of its days, before and after."""


def moved(entry: Entry, by: timedelta | None) -> Moved:
    """Return a badge with all days of its rule moved; without a distance they stay.

    So they do where the calendar ends.
    """
    if entry.foreign is not None:
        return Moved(entry)
    rule = entry.definition.criterion.to_document()
    days = sorted(set(_days(rule)))
    if by is None or not days:
        return Moved(entry, tuple((day, day) for day in days))
    try:
        there = {day.isoformat(): day + by for day in days}
    except OverflowError:
        return Moved(entry, tuple((day, day) for day in days))
    criterion = Criterion.from_json(_with(rule, there))
    pairs = tuple((day, there[day.isoformat()]) for day in days)
    return Moved(entry.ruled(criterion, entry.state), pairs)


def _days(rule: Any) -> list[date]:  # noqa: ANN401 -- whatever JSON holds
    if isinstance(rule, list):
        return [day for part in rule for day in _days(part)]
    if not isinstance(rule, dict):
        return []
    own = [date.fromisoformat(rule[name]) for name in DAYS if name in rule]
    return own + [day for part in rule.values() for day in _days(part)]


def _with(rule: Any, days: Mapping[str, date]) -> Any:  # noqa: ANN401 -- whatever JSON holds
    if isinstance(rule, list):
        return [_with(part, days) for part in rule]
    if not isinstance(rule, dict):
        return rule
    changed = {name: _with(value, days) for name, value in rule.items()}
    for name in DAYS:
        if name in rule:
            changed[name] = days[rule[name]].isoformat()
    return changed
