"""One condition: a metric, the facts it looks at, and what it is compared with."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil, floor
from typing import Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

from gamification.catalog.rules import words
from gamification.catalog.rules.values import (
    RESULTS,
    Key,
    MetricName,
    Number,
    wrong,
)
from gamification.metrics import METRICS

PER_ITEM = ("percent", "completed", "authored", "events")
"""What can be asked of each item by itself: `of` so many of them."""
CAPPED = ("events", "completed")
"""The metrics that count facts one by one: of them a cap leaves some out."""
LARGEST_PERCENT = 1000
MOST_ITEMS = 200
LARGEST_CAP = 1_000


class Leaf(BaseModel):
    """A metric that is compared: `{"metric": "percent", "item": "quiz-1", "more_than": 90}`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        use_attribute_docstrings=True,
        title="Leaf",
    )

    metric: MetricName
    item: Key | None = None
    """Only what was done in the item of this key."""
    items: tuple[Key, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_ITEMS
    )
    """Only what was done in the items of these keys."""
    item_set: Key | None = None
    """Only what was done in the items of a set, such as a module: in those that are in
    it when the rule is looked at."""
    of: StrictInt | None = Field(default=None, ge=1)
    """So many of the items, each by itself; left out, all of them."""
    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    between: tuple[Number, Number] | None = None
    """From the first to the second, both included."""
    per_day: StrictInt | None = Field(default=None, ge=1, le=LARGEST_CAP)
    """Of each day so many count, and no more."""
    per_item: StrictInt | None = Field(default=None, ge=1, le=LARGEST_CAP)
    """Of each item so many count, and no more; what belongs to none is one item."""
    on_time: StrictBool = False
    """What was handed in late does not count."""
    by: date | None = None
    """The last day that counts, in the course's zone."""
    since: date | None = Field(default=None, alias="from")
    """The first day that counts."""
    to: date | None = None
    """The last day that counts."""
    last_days: StrictInt | None = Field(default=None, ge=1, le=366)
    """So many days up to today."""
    period: Literal["week", "month", "term"] | None = None
    """The running week (from Monday), month or term."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for fault in (
            self._wrong_items(),
            self._wrong_comparison(),
            self._wrong_bounds(),
            self._wrong_of(),
            self._wrong_cap(),
            self._wrong_days(),
        ):
            if fault:
                raise wrong(fault)
        return self

    @property
    def is_flat(self) -> bool:
        """Whether it is the shorthand: a metric and the value it must reach."""
        said = self.model_dump(exclude_defaults=True)
        is_short = said.keys() == {"metric", "at_least"} and self.metric in METRICS
        # By what is not above 0 it is met without a fact, as only trees can be.
        return is_short and isinstance(self.at_least, int) and self.at_least > 0

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The keys of the items it looks at; None means all facts, or a set's."""
        return (self.item,) if self.item is not None else self.items

    @property
    def is_of_many(self) -> bool:
        """Whether it names items, or a set of them, and not just one."""
        return self.items is not None or self.item_set is not None

    def filled(self, sets: Mapping[str, Sequence[str]]) -> Self:
        """Return it with the items that are in its set; in one that is unknown, none."""
        if self.item_set is None:
            return self
        return self.model_copy(update={"items": tuple(sets.get(self.item_set, ()))})

    def unfilled(self) -> Self:
        """Return it without the items that `filled` put into it."""
        if self.item_set is None:
            return self
        return self.model_copy(update={"items": None})

    @property
    def is_per_item(self) -> bool:
        """Whether items are counted that meet it, each by itself."""
        if self.metric == "percent":
            return True
        bare = self.comparison is None and (self.is_of_many or self.item is not None)
        return bare and self.metric in PER_ITEM

    @property
    def wanted(self) -> int:
        """How many of its items must meet it, where they are counted.

        A set without any has none that meets it.
        """
        return self.of or len(self.keys or ()) or 1

    @property
    def cap(self) -> int | None:
        """How many count of each day or each item; None: all of them."""
        return self.per_day or self.per_item

    @property
    def comparison(self) -> str | None:
        """The name of its comparator, or None where it is left out."""
        names = ("at_least", "more_than", "at_most", "between")
        return next((name for name in names if getattr(self, name) is not None), None)

    @property
    def bounds(self) -> tuple[int | float, ...]:
        """The numbers it is compared with: one, or two for `between`."""
        if self.comparison is None:
            return (1,)
        given = getattr(self, self.comparison)
        return given if isinstance(given, tuple) else (given,)

    @property
    def by_nothing(self) -> bool:
        """Whether somebody who has done nothing meets it; they have no percent."""
        return not self.is_per_item and self.is_met_by(0)

    def is_met_by(self, value: float) -> bool:
        """Compare a number of whole points, days, weeks or per cent."""
        first, last = self.bounds[0], self.bounds[-1]
        return {
            "at_least": value >= first,
            "more_than": value > first,
            "at_most": value <= first,
            "between": first <= value <= last,
        }[self.comparison or "at_least"]

    @property
    def is_growing(self) -> bool:
        """Whether a larger number is nearer to meeting it."""
        return self.comparison in {None, "at_least", "more_than"}

    @property
    def whole(self) -> int:
        """The whole number from which on it is surely met, 1 or more; 1 where none is."""
        if not self.is_growing:
            return 1
        if self.is_per_item and self.is_of_many:
            return self.wanted
        bound = self.bounds[0]
        # 79.5 is not reached at 79, and 90 is not more than 90.
        least = floor(bound) + 1 if self.comparison == "more_than" else ceil(bound)
        return max(least, 1)

    @property
    def monotone(self) -> bool:
        """Whether more work can never make it unmet again, on the same day."""
        # A result can take the place of an excuse, and pull an average down.
        grows = self.metric != "average_percent"
        return grows and self.is_growing

    @property
    def time_dependent(self) -> bool:
        """Whether it can be met or unmet by nothing but time passing."""
        return self.last_days is not None or self.period is not None

    def sentence(self, labels: Mapping[str, str]) -> str:
        """Say what to do; `labels` are the items' names by their keys."""
        return words.of_leaf(self, labels)

    def _wrong_items(self) -> str:
        ways = ("item", "items", "item_set")
        given = [name for name in ways if getattr(self, name) is not None]
        if len(given) > 1:
            return f"it names both {' and '.join(given)}; give one of them"
        if self.items and len(set(self.items)) < len(self.items):
            return "its items name one of them twice"
        if self.metric in RESULTS and not given:
            return f"{self.metric} needs an item or items, or an item_set"
        return ""

    def _wrong_comparison(self) -> str:
        given = [self.at_least, self.more_than, self.at_most, self.between]
        number = sum(one is not None for one in given)
        is_scoped = self.is_of_many or self.item is not None
        needs_one = not is_scoped or self.metric not in PER_ITEM[1:]
        if number > 1 or (number == 0 and needs_one):
            return "it needs exactly one of at_least, more_than, at_most and between"
        return ""

    def _wrong_bounds(self) -> str:
        first, last = self.bounds[0], self.bounds[-1]
        if first > last:
            return "its between ends before it begins"
        if self.metric in RESULTS and max(abs(first), abs(last)) > LARGEST_PERCENT:
            most = LARGEST_PERCENT
            return f"a percent is compared with {most} at most, and -{most} at least"
        whole = isinstance(first, int) and isinstance(last, int)
        if self.metric not in (*RESULTS, "score") and not whole:
            return f"{self.metric} is compared with whole numbers"
        return ""

    def _wrong_of(self) -> str:
        if self.of is None:
            return ""
        if not self.is_of_many or not self.is_per_item:
            return (
                "of counts the items that are met one by one: it goes with items or "
                "item_set, and percent, or completed, authored or events and no "
                "comparison"
            )
        if self.items is not None and self.of > len(self.items):
            return f"of is {self.of} and there are {len(self.items)} items"
        return ""

    def _wrong_cap(self) -> str:
        if self.cap is None:
            return ""
        if self.metric not in CAPPED:
            those = " and ".join(CAPPED)
            return f"{self.metric} has no cap: per_day and per_item go with {those}"
        if self.per_day and self.per_item:
            return "it has two caps; give per_day or per_item"
        if self.comparison is None:
            return "a cap goes with a comparison: without one each item counts once"
        return ""

    def _wrong_days(self) -> str:
        fixed = self.since is not None or self.to is not None
        ways = [fixed, self.last_days is not None, self.period is not None]
        if sum(ways) > 1:
            return "it has two windows; give from and to, or last_days, or period"
        if self.since and self.to and self.to < self.since:
            return "its window ends before it begins"
        if self.since and self.by and self.by < self.since:
            return "its deadline lies before its window"
        return ""
