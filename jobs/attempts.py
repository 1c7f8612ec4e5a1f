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


def news_of(told: Told, kept: Sequence[Kept]) -> Iterator[Fact]:
    """Yield the facts that make the log say what a platform's row says.

    Nothing, mostly. A later act is an attempt of its own beside those before it,
    whatever its mark; where only the mark has a date, a later and better one is.
    Everything else corrects the attempt it is about, and takes back what the platform
    no longer has: attempts after an act, or marks above the one that stands there.
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
        yield replace(fact, attempt=fact.occurred_at.isoformat())
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
    """Return the attempt that a row is about: the last one, or that of its act."""
    there = [one for one in kept if one.is_there] or kept
    if told.basis != "act":
        return _last(there)
    before = [one for one in there if one.occurred_at <= told.fact.occurred_at]
    return _last(before) if before else min(there, key=lambda one: one.occurred_at)


def _gone(told: Told, kept: Sequence[Kept], meant: Kept) -> list[Kept]:
    """Return the attempts that the platform no longer has."""
    others = [one for one in kept if one.is_there and one is not meant]
    if told.basis == "act":
        return [one for one in others if one.occurred_at > meant.occurred_at]
    return [one for one in others if _is_better(one.content, told.fact.content)]


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
