"""Whether so many points can be had at all in a course, and by when."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame
from gamification.catalog import Criterion
from gamification.catalog.rules import All, AnyOf, Leaf
from gamification.metrics import POINT
from gamification.metrics.weights import Worth, in_force, newest
from models import Earned, Item, Membership

ONCE = ("completed", "graded")
"""What an activity gives once, however often it is done."""
DAILY = ("submitted", "posted")
"""What can be done again and again."""
WEEK = 7


@dataclass(frozen=True)
class Reach:
    """The points that a learner can have, in millionths."""

    items: int
    """So many activities are there."""
    once: int
    """What they give, all done in full."""
    daily: int | None
    """What a day gives beside them; None: there is no most."""
    is_sure: bool
    """Nor was anything worth more before, or can be by several results."""


@dataclass(frozen=True)
class Verdict:
    """What is to be said of the points that a rule asks for."""

    never: tuple[str, ...] = ()
    """Nobody can have them, whatever activities may still come."""
    advice: tuple[str, ...] = ()
    """Nobody can have them yet, or not before a week, or not by what is worth now."""

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.never, *self.advice)

    @classmethod
    def of(cls, parts: Iterable["Verdict"]) -> "Verdict":
        """Return what several say, each sentence once."""
        told = list(parts)
        return cls(_once(one.never for one in told), _once(one.advice for one in told))


Judge = Callable[[Leaf], Verdict]


def verdict(
    session: Session,
    criterion: Criterion,
    frame: Frame,
    worths: list[Worth] | None = None,
) -> Verdict:
    """Say of each number of points that must be had whether and when it can be.

    Nothing is said where more points can be had every day without a most. `worths` are
    the weights, where they are to be others than the course's.
    """
    rule = criterion.filled(frame.sets).rule
    return judged(rule, judging(session, rule, frame, worths))


def judging(
    session: Session,
    rule: Any,  # noqa: ANN401 -- a Rule, which is no type
    frame: Frame,
    worths: list[Worth] | None = None,
) -> Judge:
    """Return what says the same of each condition by itself, and asks once of each."""
    if not any(_points_asked(rule)):
        return lambda _leaf: Verdict()
    if worths is None:
        _, worths = newest(session, frame.context_id)
    paid = worths
    daily = _daily(session, frame.context_id, paid)

    @cache
    def judge(leaf: Leaf) -> Verdict:
        if not any(_points_asked(leaf)):
            return Verdict()
        reach = _reach(session, frame, leaf, paid, daily)
        said = _said(leaf, frame, reach)
        if not said:
            return Verdict()
        # Others may still come into a set.
        is_bound = leaf.keys is not None and leaf.item_set is None
        is_sure = is_bound and reach.is_sure
        return Verdict(never=(said,)) if is_sure else Verdict(advice=(said,))

    return judge


def asks_for_named(criterion: Criterion) -> bool:
    """Tell whether points must be had in activities that are named: by no others."""
    return any(leaf.keys is not None for leaf in _points_asked(criterion.rule))


def _points_asked(rule: Any) -> Iterator[Leaf]:  # noqa: ANN401 -- a Rule, which is no type
    """Yield the conditions that ask for points, on whatever way."""
    if isinstance(rule, Leaf):
        if rule.metric == "score" and rule.is_growing:
            yield rule
    elif isinstance(rule, All | AnyOf):
        for part in rule.parts:
            yield from _points_asked(part)


def judged(rule: Any, judge: Judge) -> Verdict:  # noqa: ANN401 -- a Rule, which is no type
    """Say what stands in everybody's way: of several ways, all must be closed."""
    if isinstance(rule, Leaf):
        return judge(rule)
    if not isinstance(rule, All | AnyOf):
        return Verdict()
    ways = [judged(part, judge) for part in rule.parts]
    found = Verdict.of(ways)
    if isinstance(rule, All) or all(way.never for way in ways):
        return found
    return Verdict(advice=found.all) if all(way.all for way in ways) else Verdict()


def _daily(session: Session, context_id: int, worths: list[Worth]) -> int | None:
    """Return what a day can give of what the course reports and can be done again."""
    total = 0
    for kind in DAILY:
        reported = (
            sa.exists()
            .where(Earned.membership_id == Membership.id, Earned.kind == kind)
            .where(Membership.context_id == context_id)
        )
        paid = [worth for worth in worths if worth.kind == kind and worth.points]
        if not paid or not session.scalar(sa.select(reported)):
            continue
        caps = [worth.daily_cap for worth in paid]
        if None in caps:
            return None
        total += sum(cap for cap in caps if cap is not None)
    return total


def _reach(
    session: Session,
    frame: Frame,
    leaf: Leaf,
    worths: list[Worth],
    daily: int | None,
) -> Reach:
    query = sa.select(Item.key).where(
        Item.context_id == frame.context_id, Item.gone_at.is_(None)
    )
    if leaf.keys is not None:
        query = query.where(Item.key.in_(leaf.keys))
    keys = session.scalars(query).all()
    paid = [_worth_of(key, kind, worths) for key in keys for kind in ONCE]
    again = [worth for worth in worths if worth.kind in DAILY]
    is_sure = {*(leaf.keys or ())} == {*keys} and _are_sure([*paid, *again])
    return Reach(len(keys), sum(map(_most_of, paid)), daily, is_sure)


def _worth_of(key: str, kind: str, worths: list[Worth]) -> Worth:
    own = (worth for worth in worths if worth.kind == kind and worth.item == key)
    return next(own, None) or in_force(worths, kind)


def _most_of(worth: Worth) -> int:
    cap = worth.daily_cap
    return worth.points if cap is None else min(worth.points, cap)


def _are_sure(worths: list[Worth]) -> bool:
    """Tell whether weights say all that was ever paid.

    Before its day another weight was in force; a most a day binds no better results
    on other days.
    """
    return not any(
        worth.effective_from or (worth.kind == "graded" and worth.daily_cap is not None)
        for worth in worths
    )


def _said(leaf: Leaf, frame: Frame, reach: Reach) -> str:
    """Say why the points cannot be had, or not soon; nothing where they can."""
    bound = leaf.bounds[0]
    needed = int(Decimal(str(bound)) * POINT) + (leaf.comparison == "more_than")
    if reach.daily is None or reach.once >= needed or not reach.items:
        return ""
    gives = f"{_activities(reach.items)} {_points(reach.once)} at most"
    asked = f"{'more than ' if leaf.comparison == 'more_than' else ''}{bound} points"
    if not reach.daily:
        return f"Nobody can reach {asked}: {gives}."
    pace = f"{gives}, and every day {_points(reach.daily)} more"
    days = -(-(needed - reach.once) // reach.daily)
    first, last = _window(leaf, frame)
    if first and last and (last - first).days + 1 < days:
        return f"Nobody can reach {asked} by {_day(last)}: {pace}."
    week = (days - 1) // WEEK + 1
    if first is None or week < 2:
        return ""
    if days > (date.max - first).days:
        return f"Nobody can reach {asked}: {pace}."
    begins = first + timedelta(days=WEEK * (week - 1))
    return f"Nobody can reach {asked} before week {week} ({_day(begins)}): {pace}."


def _once(said: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(said)))


def _window(leaf: Leaf, frame: Frame) -> tuple[date | None, date | None]:
    """Return the days on which points can be had, as far as they are known."""
    if leaf.last_days is not None or leaf.period in {"week", "month"}:
        days = leaf.last_days or (WEEK if leaf.period == "week" else 31)
        return frame.today, frame.today + timedelta(days=days - 1)
    begins = [day for day in (frame.term[0], leaf.since) if day]
    ends = [day for day in (frame.term[1], leaf.to, leaf.by) if day]
    return max(begins, default=None), min(ends, default=None)


def _activities(number: int) -> str:
    return "the one activity gives" if number == 1 else f"the {number} activities give"


def _points(number: int) -> str:
    whole, rest = divmod(number, POINT)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
