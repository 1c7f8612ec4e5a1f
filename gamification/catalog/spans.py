"""The numbers that meet a condition, and what is left of them beside others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, nextafter
from typing import Self

from gamification.catalog.rules import Leaf
from gamification.catalog.rules.values import RESULTS


@dataclass(frozen=True)
class Span:
    """The numbers from the least to the largest, both included."""

    said: str
    """The condition that they meet, in words."""
    least: float
    largest: float
    is_whole: bool
    """Whether there is nothing between a number and the next."""
    is_result: bool = False
    """Whether there may be no number: who has no result has none, nor an average who is
    excused from all that it is over."""

    @classmethod
    def of(cls, leaf: Leaf) -> Self:
        """Return the numbers that meet a condition."""
        is_whole = leaf.metric not in (*RESULTS, "score")
        least, largest = leaf.bounds[0], leaf.bounds[-1]
        if leaf.comparison == "more_than":
            least = _after(least, is_whole=is_whole)
        return cls(
            leaf.sentence({}),
            -inf if leaf.comparison == "at_most" else least,
            largest if leaf.comparison in {"at_most", "between"} else inf,
            is_whole,
            leaf.metric in RESULTS,
        )

    @property
    def is_all(self) -> bool:
        """Whether every number is in it, as none is below 0."""
        return self.least <= 0 and self.largest == inf

    @property
    def is_empty(self) -> bool:
        return self.least > self.largest

    @property
    def beyond(self) -> float:
        """The number after the largest."""
        return _after(self.largest, is_whole=self.is_whole)


ANY = Span("", 0, inf, is_whole=True)
"""Every number that there can be."""


def in_common(spans: Sequence[Span], said: str = "") -> Span:
    """Return the numbers that are in all of these, one span or more of one number."""
    return replace(
        spans[0],
        said=said,
        least=max(span.least for span in spans),
        largest=min(span.largest for span in spans),
    )


def covering(whole: Span, spans: Iterable[Span]) -> list[Span] | None:
    """Return the fewest spans that leave nothing of the whole; None: they do not."""
    chosen: list[Span] = []
    left, others = whole.least, list(spans)
    while left <= whole.largest:
        near = [span for span in others if span.least <= left <= span.largest]
        if not near:
            return None
        chosen.append(max(near, key=lambda span: span.largest))
        if chosen[-1].largest >= whole.largest:
            break
        left = chosen[-1].beyond
    return chosen


def _after(number: float, *, is_whole: bool) -> float:
    """Return the next number that there can be."""
    return number + 1 if is_whole else nextafter(number, inf)
