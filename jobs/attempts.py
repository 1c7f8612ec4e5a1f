"""Which attempt a platform's one row for a person and an item is about.

AGS has one result for each, and no word for attempts: what was 60 and is 80 may be a
retake or a correction. A retake is an act of its own, with its own day; a correction
leaves the day on which the learner acted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from gamification.activity import Fact
from gamification.activity.facts import Content

Basis = Literal["act", "mark", "nothing"]
"""What a platform's date tells: when the learner acted, when the mark was last
changed, by whomever; or there is none."""


@dataclass(frozen=True)
class Kept:
    """A current fact of the log."""

    attempt: str
    occurred_at: datetime
    content: Content
    is_ours: bool = True
    """The platform itself told it; nobody else reported it."""

    @property
    def is_there(self) -> bool:
        """Tell whether it has a mark, and was not withdrawn."""
        return self.content[0] == "normal" and self.content[1] is not None


@dataclass(frozen=True)
class Told:
    """What a platform's row says now."""

    fact: Fact
    basis: Basis

    @property
    def place(self) -> tuple[int, str]:
        return self.fact.membership_id, self.fact.kind

    @property
    def is_there(self) -> bool:
        """Tell whether it has a mark, or is completed."""
        return self.fact.status != "withdrawn"


def news_of_all(rows: Sequence[Told], kept: Sequence[Kept]) -> Iterator[Fact]:
    """Yield the facts that make the log say what a platform's rows for one person say.

    There is one, but for a person of several ids. Then each day's row has the attempts
    up to it for its own, and the last one what is later; of one day, or where one has
    none, the best stands for all. No row takes back what another still says.
    """
    there = [row for row in rows if row.is_there] or rows[:1]
    if there[0].fact.kind != "graded":
        there = [min(there, key=_day)]
    acts = _acts(there) if len(there) > 1 else there
    for number, row in enumerate(acts):
        theirs = [
            one
            for one in kept
            if (number == 0 or one.occurred_at > _day(acts[number - 1]))
            and (row is acts[-1] or one.occurred_at <= _day(row))
        ]
        if theirs or not (kept or number):
            yield from news_of(row, theirs)
        elif row.is_there:
            yield _attempt(row.fact)


def _acts(rows: Sequence[Told]) -> list[Told]:
    """Return the best row of each day, the oldest first, or of all without a day."""
    best: dict[datetime | None, Told] = {}
    have_days = all(row.basis != "nothing" for row in rows)
    for row in rows:
        day = _day(row) if have_days else None
        known = best.get(day)
        if known is None or _is_better(row.fact.content, known.fact.content):
            best[day] = row
    return sorted(best.values(), key=_day)


def _day(told: Told) -> datetime:
    return told.fact.occurred_at


def _attempt(fact: Fact) -> Fact:
    return replace(fact, attempt=fact.occurred_at.isoformat())


def news_of(told: Told, kept: Sequence[Kept]) -> Iterator[Fact]:
    """Yield the facts that make the log say what a platform's row says.

    Nothing, mostly. A later act is an attempt of its own beside those before it,
    whatever its mark; where only the mark has a date, a later and better one is.
    Everything else corrects the attempt it is about, and takes back what the platform
    no longer has: later attempts, and marks above the one that stands there but for
    those of acts before it.
    """
    fact = told.fact
    if fact.status == "withdrawn":
        # What was never there need not be taken back.
        yield from _withdrawn(
            fact, [one for one in kept if one.content[0] != "withdrawn"]
        )
    elif not kept:
        yield fact
    elif fact.kind != "graded":
        yield from _corrected(fact, kept[-1])
    elif _is_attempt(told, kept):
        yield _attempt(fact)
    else:
        one = _meant(told, kept)
        yield from _corrected(fact, one)
        yield from _withdrawn(fact, _gone(told, kept, one))


def _is_attempt(told: Told, kept: Sequence[Kept]) -> bool:
    """Tell a later attempt from a correction of one that is there."""
    fact, last = told.fact, _last(kept)
    if told.basis == "nothing" or fact.occurred_at <= last.occurred_at:
        return False
    return told.basis == "act" or all(
        _is_better(fact.content, one.content) for one in kept if one.is_there
    )


def _meant(told: Told, kept: Sequence[Kept]) -> Kept:
    """Return the attempt that a row is about: the last one, or that of its day."""
    there = [one for one in kept if one.is_there] or kept
    if told.basis == "nothing":
        return _last(there)
    before = [one for one in there if one.occurred_at <= told.fact.occurred_at]
    return _last(before) if before else min(there, key=lambda one: one.occurred_at)


def _gone(told: Told, kept: Sequence[Kept], meant: Kept) -> list[Kept]:
    """Return the attempts that the platform no longer has."""
    return [
        one
        for one in kept
        if one.is_there
        and one is not meant
        and (
            one.occurred_at > meant.occurred_at
            or (told.basis != "act" and _is_better(one.content, told.fact.content))
        )
    ]


def _corrected(fact: Fact, one: Kept) -> Iterator[Fact]:
    if fact.content != one.content:
        yield replace(fact, attempt=one.attempt)


def _withdrawn(fact: Fact, some: Sequence[Kept]) -> Iterator[Fact]:
    """Take back what the platform told; what it never told is not its to take."""
    for one in some:
        if one.is_ours:
            yield replace(
                fact, attempt=one.attempt, status="withdrawn", score=None, maximum=None
            )


def _last(some: Sequence[Kept]) -> Kept:
    return max(some, key=lambda one: one.occurred_at)


def _is_better(one: Content, other: Content) -> bool:
    """Compare shares of full marks, without dividing."""
    (_, score, maximum, _), (_, score_b, maximum_b, _) = one, other
    return (score or 0) * (maximum_b or 0) > (score_b or 0) * (maximum or 0)
