"""Badges that ask for other badges: in which order they are looked at."""

import logging
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Protocol, TypeVar

from gamification.catalog import Criterion

log = logging.getLogger(__name__)


class Keyed(Protocol):
    """Anything with a badge's key and rule."""

    @property
    def key(self) -> str: ...

    @property
    def criterion(self) -> Criterion: ...


Badge = TypeVar("Badge", bound=Keyed)


def in_order(badges: Sequence[Badge]) -> list[Badge]:
    """Return badges so that each comes after those it asks for.

    Badges that ask for each other in a circle are as they come: nobody earns them.
    """
    by_key = {badge.key: badge for badge in badges}
    asked = {
        badge.key: [key for key in badge.criterion.prerequisites if key in by_key]
        for badge in badges
    }
    if not any(asked.values()):
        return list(badges)
    try:
        return [by_key[key] for key in TopologicalSorter(asked).static_order()]
    except CycleError as cycle:
        log.warning("Badges ask for each other: %s.", ", ".join(cycle.args[1]))
        return list(badges)
