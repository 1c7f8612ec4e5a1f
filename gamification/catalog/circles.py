"""Badges that ask for other badges: those must be there, and not ask back."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def circle_in(asked: Mapping[str, Iterable[str]]) -> list[str]:
    """Return keys of which each asks for the next and the last is the first again.

    Returns an empty list where no badge asks, by way of others, for itself.
    """
    try:
        TopologicalSorter(asked).prepare()
    except CycleError as cycle:
        found: list[str] = cycle.args[1]
        return found[::-1]
    return []
