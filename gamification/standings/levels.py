"""Levels: a number that grows with one's own points, slower and slower."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from models import Context

MOST_LEVELS = 100


@dataclass(frozen=True)
class Curve:
    """How many points each level takes, in whole numbers alone.

    The first takes `base`; each of the next takes `growth` per cent of the one before
    it, rounded down.
    """

    base: int = 20
    growth: int = 150

    @property
    def starts(self) -> Iterator[int]:
        """Yield the points at which each level begins, from the first one on."""
        at, step = 0, self.base
        for _ in range(MOST_LEVELS):
            at += step
            yield at
            step = step * self.growth // 100

    def level(self, points: int) -> int:
        """Return the level of a number of whole points; 0 below the first."""
        return sum(1 for _ in takewhile(lambda start: start <= points, self.starts))

    def start_of(self, level: int) -> int | None:
        """Return the points at which a level begins; None beyond the last one."""
        if level == 0:
            return 0
        return next(
            (at for number, at in enumerate(self.starts, 1) if number == level), None
        )


def curve_of(context: Context) -> Curve:
    """Return the curve that a course has chosen, or ours."""
    return Curve(context.level_base, context.level_growth)
