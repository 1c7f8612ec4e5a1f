"""Rules in plain English: what to do, and what is still to do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from gamification.metrics import METRICS

if TYPE_CHECKING:
    from gamification.catalog.rules.leaf import Leaf

DONE_IN = {
    "completed": "Complete {items}",
    "authored": "Hand in or post work in {items}",
    "events": "Contribute to {items}",
}
HOW = {
    "at_least": "{}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "between": "{} to {}",
}
PERIODS = {"week": "this week", "month": "this month", "term": "in this term"}


def of_leaf(leaf: "Leaf", labels: Mapping[str, str]) -> str:
    """Say what one condition asks: `Score more than 90 % in Quiz 1`."""
    return _joined(_what(leaf, labels), leaf)


def left_of(leaf: "Leaf", labels: Mapping[str, str], have: int) -> str:
    """Say what is still to do for a condition that is not met yet.

    `have` is in items that are met, or in whole numbers of the metric.
    """
    if leaf.is_per_item and leaf.is_of_many:
        return _joined(_items_left(leaf, labels, leaf.wanted - have), leaf)
    (bound, *_), metric = leaf.bounds, METRICS.get(leaf.metric)
    if metric is None or leaf.comparison not in {"at_least", None}:
        return of_leaf(leaf, labels)
    if not isinstance(bound, int) or leaf.is_per_item:
        return of_leaf(leaf, labels)
    more = metric.phrase(bound - have, how="{} more")
    return _joined(f"{more}{_where(leaf, labels)}", leaf)


def listed(parts: Sequence[str], word: str = "and") -> str:
    """Return a list as it is said: A, B and C."""
    *most, last = parts
    return f"{', '.join(most)} {word} {last}" if most else last


def alternatives(sentences: Sequence[str]) -> str:
    """Put sentences that each say enough into one."""
    first, *rest = sentences
    return listed([first, *map(small, rest)], "or")


def small(sentence: str) -> str:
    """Return a sentence as it is said inside of another."""
    return sentence[:1].lower() + sentence[1:]


def day(day: date) -> str:
    """Return a day as it is said: 30 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _what(leaf: "Leaf", labels: Mapping[str, str]) -> str:
    if leaf.is_per_item:
        return _per_item(leaf, _items(leaf, labels))
    if leaf.metric == "average_percent":
        return f"Average {_compared(leaf)} % over {_items(leaf, labels)}"
    if leaf.metric == "streak_weeks":
        weeks = "week" if _numbers(leaf)[0] == (1,) else "weeks"
        return f"Be active in {_compared(leaf)} {weeks} in a row{_where(leaf, labels)}"
    numbers, how = _numbers(leaf)
    said = METRICS[leaf.metric].phrase(*numbers, how=how)
    return f"{said}{_where(leaf, labels)}"


def _per_item(leaf: "Leaf", items: str) -> str:
    if leaf.metric == "percent":
        return f"Reach {_compared(leaf)} % in {items}"
    return DONE_IN[leaf.metric].format(items=items)


def _items_left(leaf: "Leaf", labels: Mapping[str, str], left: int) -> str:
    names = _set(leaf, labels) or listed(
        [labels.get(key, key) for key in leaf.keys or ()], "or"
    )
    return _per_item(leaf, f"{left} more of {names}")


def _set(leaf: "Leaf", labels: Mapping[str, str]) -> str:
    """Return what people call the set of a condition, or nothing where it has none."""
    return labels.get(f"set:{leaf.item_set}", leaf.item_set) if leaf.item_set else ""


def _items(leaf: "Leaf", labels: Mapping[str, str]) -> str:
    if leaf.item_set is not None:
        number = "all" if leaf.of is None else f"{leaf.of}"
        return f"{number} of {_set(leaf, labels)}"
    names = [labels.get(key, key) for key in leaf.keys or ()]
    if leaf.of is not None and leaf.of < len(names):
        return f"{leaf.of} of {listed(names)}"
    return listed(names)


def _where(leaf: "Leaf", labels: Mapping[str, str]) -> str:
    if leaf.item_set is not None:
        return f" in {_set(leaf, labels)}"
    return f" in {_items(leaf, labels)}" if leaf.keys else ""


def _compared(leaf: "Leaf") -> str:
    """Say the bounds of a condition on a plain number."""
    numbers, how = _numbers(leaf)
    return how.format(*numbers)


def _numbers(leaf: "Leaf") -> tuple[tuple[int | float, ...], str]:
    """Return the numbers that are said of a condition, and how they are."""
    if leaf.comparison == "between" and leaf.bounds[0] == leaf.bounds[1]:
        return leaf.bounds[:1], "exactly {}"
    return leaf.bounds, HOW[leaf.comparison or "at_least"]


def _joined(what: str, leaf: "Leaf") -> str:
    """Say when it counts, after what is to be done."""
    when = []
    if leaf.since:
        when.append(
            f"from {day(leaf.since)} on" if not leaf.to else f"from {day(leaf.since)}"
        )
    if leaf.to:
        when.append(f"to {day(leaf.to)}" if leaf.since else f"until {day(leaf.to)}")
    if leaf.last_days:
        plural = (
            "the last day" if leaf.last_days == 1 else f"the last {leaf.last_days} days"
        )
        when.append(f"within {plural}")
    if leaf.period:
        when.append(PERIODS[leaf.period])
    if leaf.by:
        when.append(f"by {day(leaf.by)}")
    if leaf.on_time:
        when.append("on time")
    if leaf.cap is not None:
        # Last, because it is said of all that counts.
        of = "a day" if leaf.per_day else "in each item"
        return f"{' '.join([what, *when])}, counting {leaf.cap} {of} at most"
    return " ".join([what, *when])
