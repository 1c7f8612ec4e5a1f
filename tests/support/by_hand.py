"""What a rule comes to, counted fact by fact in plain Python and in fractions.

It shares nothing with the queries, so that the two can be compared.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

EVENTS = {"submitted", "posted", "completed"}
AUTHORED = {"submitted", "posted"}
KINDS = {"events": EVENTS, "authored": AUTHORED, "completed": {"completed"}}
POSTS_A_DAY = 5


@dataclass(frozen=True)
class Deed:
    """A current fact of one person; `score` is a share of full marks, if there is one."""

    item: str
    kind: str
    status: str
    day: date
    order: str
    """What comes first on a day."""
    score: Fraction | None = None
    seconds: int = 0

    @property
    def counts(self) -> bool:
        return self.status in {"normal", "late"}


@dataclass(frozen=True)
class Person:
    """What somebody did, and the badges they hold."""

    deeds: Sequence[Deed]
    badges: frozenset[str]
    today: date
    sets: Mapping[str, list[str]] = field(default_factory=dict)
    """The items that are in each set."""
    term: tuple[date, date] | None = None
    """The first and the last day of the course's term."""

    def meets(self, rule: dict[str, Any]) -> bool:
        """Say whether a rule, as it is written in JSON, is met."""
        if "badge" in rule:
            return rule["badge"] in self.badges
        for group, together in (("all", all), ("any", any)):
            if group in rule:
                return bool(together([self.meets(part) for part in rule[group]]))
        if "none" in rule:
            return not any(self.meets(part) for part in rule["none"])
        return self._meets_one(rule)

    def _meets_one(self, leaf: dict[str, Any]) -> bool:
        items = self._items(leaf)
        metric, deeds = leaf["metric"], [d for d in self.deeds if self._fits(leaf, d)]
        if metric == "percent":
            shares = [_best(deeds, item) for item in items or []]
            met = sum(one is not None and _compare(leaf, 100 * one) for one in shares)
            return met >= int(leaf.get("of", len(shares) or 1))
        if metric == "average_percent":
            # An excuse leaves its item out of every window.
            average = _average(deeds, items or [], self._excused)
            return average is not None and _compare(leaf, average)
        compared = {"at_least", "more_than", "at_most", "between"} & leaf.keys()
        if items is not None and not compared:
            done = {d.item for d in deeds if d.counts and d.kind in KINDS[metric]}
            return len(done) >= int(leaf.get("of", len(items) or 1))
        return _compare(leaf, self._number(leaf, deeds))

    @property
    def _excused(self) -> set[str]:
        """Return the items that somebody is excused from."""
        of = [d for d in self.deeds if (d.kind, d.status) == ("graded", "excused")]
        return {deed.item for deed in of}

    def _items(self, leaf: dict[str, Any]) -> list[str] | None:
        """Return the items a condition looks at; None: all there are."""
        if "item_set" in leaf:
            return self.sets.get(leaf["item_set"], [])
        return [leaf["item"]] if "item" in leaf else leaf.get("items")

    def _fits(self, leaf: dict[str, Any], deed: Deed) -> bool:
        items = self._items(leaf)
        if items is not None and deed.item not in items:
            return False
        if leaf.get("on_time") and deed.status == "late":
            return False
        if not self._is_in_period(leaf.get("period"), deed.day):
            return False
        if "last_days" in leaf and deed.day <= self.today - timedelta(
            leaf["last_days"]
        ):
            return False
        first, last = leaf.get("from", "0001-01-01"), leaf.get("to", "9999-12-31")
        return bool(first <= deed.day.isoformat() <= min(last, leaf.get("by", last)))

    def _is_in_period(self, period: str | None, day: date) -> bool:
        if period == "term":
            return self.term is not None and self.term[0] <= day <= self.term[1]
        firsts = {"week": _monday(self.today), "month": self.today.replace(day=1)}
        return period is None or day >= firsts[period]

    def _number(self, leaf: dict[str, Any], deeds: Sequence[Deed]) -> Fraction:
        metric = leaf["metric"]
        counted = [deed for deed in deeds if deed.counts]
        if metric == "score":
            return sum((self._points(deed) for deed in counted), Fraction())
        events = [deed for deed in counted if deed.kind in EVENTS]
        if metric == "active_days":
            return Fraction(len({deed.day for deed in events}))
        if metric == "streak_weeks":
            return Fraction(_streak({_monday(deed.day) for deed in events}))
        if metric == "time_spent":
            return Fraction(sum(d.seconds for d in counted if d.kind == "spent"))
        fitting = [deed for deed in counted if deed.kind in KINDS[metric]]
        if metric == "authored":
            return Fraction(len({deed.item for deed in fitting}))
        return _capped(leaf, fitting)

    def _points(self, deed: Deed) -> Fraction:
        if deed.kind == "posted":
            same = [
                one
                for one in self.deeds
                if (one.kind, one.day, one.counts) == ("posted", deed.day, True)
            ]
            before = [one for one in same if one.order < deed.order]
            return Fraction(int(len(before) < POSTS_A_DAY))
        if deed.kind == "graded":
            before = [
                one
                for one in self.deeds
                if (one.kind, one.item, one.counts) == ("graded", deed.item, True)
                and (one.day, one.order) < (deed.day, deed.order)
            ]
            best = max(map(_mark, before), default=Fraction())
            return max(_mark(deed) - best, Fraction())
        return Fraction({"submitted": 2, "completed": 3, "spent": 0}[deed.kind])


def _capped(leaf: dict[str, Any], deeds: Sequence[Deed]) -> Fraction:
    """Count deeds, so many of each day or each item at most where there is a cap."""
    days = Counter(deed.day for deed in deeds)
    items = Counter(deed.item for deed in deeds)
    most = leaf.get("per_day", leaf.get("per_item", len(deeds)))
    each = items.values() if "per_item" in leaf else days.values()
    return Fraction(sum(min(number, most) for number in each))


def _mark(deed: Deed) -> Fraction:
    """Return the points of a result by itself: five for full marks."""
    share = min(deed.score or Fraction(), Fraction(1))
    return Fraction(5_000_000 * share.numerator // share.denominator, 1_000_000)


def _best(deeds: Sequence[Deed], item: str) -> Fraction | None:
    ours = [d.score for d in deeds if d.item == item and d.counts]
    return max((score for score in ours if score is not None), default=None)


def _average(
    deeds: Sequence[Deed], items: Sequence[str], excused: set[str]
) -> Fraction | None:
    """Return it in per cent; of somebody whose items are all excused there is none."""
    best = {item: _best(deeds, item) for item in items}
    left = [item for item in items if best[item] is not None or item not in excused]
    if not left:
        return None
    shares = [min(best[item] or Fraction(), Fraction(1)) for item in left]
    return 100 * sum(shares, Fraction()) / len(left)


def _compare(leaf: dict[str, Any], number: Fraction) -> bool:
    bounds = {
        name: [Fraction(str(bound)) for bound in _listed(leaf[name])]
        for name in ("at_least", "more_than", "at_most", "between")
        if name in leaf
    }
    ((name, (first, *more)),) = bounds.items()
    return {
        "at_least": number >= first,
        "more_than": number > first,
        "at_most": number <= first,
        "between": first <= number <= (more or [first])[0],
    }[name]


def _listed(bound: Any) -> list[Any]:  # noqa: ANN401 -- a number, or two
    return bound if isinstance(bound, list) else [bound]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _streak(mondays: set[date]) -> int:
    """Try every week as the first one, and walk on until the second free week."""
    best = 0
    for first in mondays:
        week, free, length = first, 0, 0
        while free < 2:
            free, length = (free, length + 1) if week in mondays else (free + 1, length)
            week += timedelta(days=7)
        best = max(best, length)
    return best
