"""What a fact is worth, by the weights that were in force when it happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from gamification.metrics import COUNTS, EVENTS, day_of
from gamification.metrics.weights import TIME, UNCOUNTED, Weight, weights_of
from gamification.standings.upkeep import Totals
from models import Context


@dataclass(frozen=True)
class Entry:
    """A current contribution, as far as it matters here."""

    id: int
    membership_id: int
    item_id: int | None
    kind: str
    status: str
    score: int | None
    maximum: int | None
    seconds: int | None
    occurred_at: datetime
    fact_key: str


@dataclass(frozen=True)
class Scored:
    """A fact that counts, with its worth and its day."""

    entry: Entry
    weight: Weight
    day: date
    points: int

    @property
    def totals(self) -> Totals:
        """What it adds to its member's standings."""
        kind = self.entry.kind
        return Totals(self.points, int(kind in EVENTS), int(kind == "completed"))

    @property
    def cap_group(self) -> tuple[int, date, Weight]:
        """Facts that share one daily cap share this."""
        return self.entry.membership_id, self.day, self.weight

    @property
    def result_group(self) -> tuple[int, int] | None:
        """Results that are paid together share this: those of one member on an item."""
        entry = self.entry
        if entry.kind != "graded" or entry.item_id is None:
            return None
        return entry.membership_id, entry.item_id


@dataclass(frozen=True)
class Course:
    """A course with what is needed to score its facts."""

    context: Context
    weights: tuple[Weight, ...]
    """Those that win come last."""

    def weight_of(self, entry: Entry) -> Weight | None:
        """Return the weight in force for it; an item's own goes before its kind's."""
        if entry.kind == TIME.kind:
            return TIME
        fitting = (
            weight
            for weight in reversed(self.weights)
            if weight.kind == entry.kind
            and weight.is_for(entry.item_id, entry.occurred_at)
        )
        return next(fitting, None)

    def scored(self, entry: Entry) -> Scored | None:
        """Score a fact by itself, before caps; None if it counts for nothing.

        An excused result counts for nothing but averages, which leave its item out.
        """
        weight = self.weight_of(entry)
        if weight is None or entry.kind in UNCOUNTED or not _is_told(entry):
            return None
        if entry.status not in COUNTS:
            entry = replace(entry, score=None, maximum=None)
        day = day_of(entry.occurred_at, self.context.zone)
        return Scored(entry, weight, day, _worth(entry, weight))

    def worth(self, entries: Iterable[Entry]) -> list[Scored]:
        """Score complete days of facts, caps and all."""
        return settled(filter(None, map(self.scored, entries)))


def course_of(session: Session, context: Context) -> Course:
    """Read what a course's facts are worth: its own weights over the shipped."""
    return Course(context, weights_of(session, context.id))


def settled(facts: Iterable[Scored], beside: Sequence[Scored] = ()) -> list[Scored]:
    """Let a result add what it is better by, and a day's first facts have its cap.

    `facts` are whole days where there is a cap, and all results on an item; where
    they are not, the others are `beside`, and left out of what is returned.
    """
    known = {one.entry.id for one in beside}
    groups: dict[tuple[int, date, Weight], list[Scored]] = defaultdict(list)
    free = []
    for fact in _improved([*facts, *beside]):
        if fact.entry.id in known:
            continue
        if fact.weight.daily_cap is None:
            free.append(fact)
        else:
            groups[fact.cap_group].append(fact)
    return free + [fact for group in groups.values() for fact in _cut(group)]


def _improved(facts: Iterable[Scored]) -> list[Scored]:
    """Pay for a result what it is better than those before it on the same item."""
    results: dict[tuple[int, int], list[Scored]] = defaultdict(list)
    paid = []
    for fact in facts:
        worth = replace(fact, points=_worth(fact.entry, fact.weight))
        if fact.result_group is None:
            paid.append(worth)
        else:
            results[fact.result_group].append(worth)
    for attempts in results.values():
        best = 0
        for one in sorted(attempts, key=_place):
            paid.append(replace(one, points=max(one.points - best, 0)))
            best = max(best, one.points)
    return paid


def _place(fact: Scored) -> tuple[datetime, str]:
    return fact.entry.occurred_at, fact.entry.fact_key


def _cut(group: list[Scored]) -> Iterable[Scored]:
    left = group[0].weight.daily_cap or 0
    # The key tells facts of one moment apart, in every order they may arrive.
    for fact in sorted(group, key=_place):
        points = min(fact.points, left)
        left -= points
        yield replace(fact, points=points)


def _is_told(entry: Entry) -> bool:
    return entry.status in COUNTS or (entry.kind, entry.status) == ("graded", "excused")


def _worth(entry: Entry, weight: Weight) -> int:
    if entry.kind != "graded":
        return weight.points
    if entry.status not in COUNTS or entry.score is None or not entry.maximum:
        return 0
    return weight.points * min(entry.score, entry.maximum) // entry.maximum
