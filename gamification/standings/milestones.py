"""The next goal to aim for, near enough to reach: with oneself, not with others."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile

CURVE = (10, 25, 50, 100, 200, 400, 700, 1000)
BEYOND = 500
"""After the curve comes a milestone every so many points."""
SHARES = (25, 50, 75, 100)
"""Milestones of the course's items that are completed, in per cent."""


@dataclass(frozen=True)
class Milestone:
    """The next milestone, in whole points."""

    at: int
    reached: int
    """The milestone before it; 0 at the start."""
    points_needed: int
    percent: int
    """How far from the one to the other, 0 to 99, rounded down."""


def next_milestone(points: int) -> Milestone:
    """Return the first milestone above a number of whole points."""
    reached = 0
    for at in _milestones():
        if at > points:
            break
        reached = at
    done = 100 * (points - reached) // (at - reached)
    return Milestone(at, reached, at - points, done)


def milestones_up_to(points: int) -> list[int]:
    """Return the milestones that a number of whole points has reached."""
    return list(takewhile(lambda at: at <= points, _milestones()))


def _milestones() -> Iterator[int]:
    yield from CURVE
    yield from count(CURVE[-1] + BEYOND, BEYOND)
