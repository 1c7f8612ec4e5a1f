"""Leagues: people with about as many points, so that each has a place in reach.

A draw cuts everybody, best first, into leagues, and keeps the borders between them.
Who comes later belongs where the borders put them. So a league does not depend on who
came first, and a place that is looked for again is the same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

USUAL, FEWEST, MOST = 15, 10, 20
Person = tuple[int, int]
"""Points, in millionths, and a member."""


def deal(people: Iterable[Person]) -> list[list[Person]]:
    """Cut people, best first, into leagues of about 15: of 10 to 20 where they can be.

    Up to twenty are one league. The sizes differ by one at most; of equal points the
    lower number of a member goes first.
    """
    ranked = sorted(people, key=_place)
    number = _leagues_of(len(ranked))
    size, larger = divmod(len(ranked), number)
    leagues, begin = [], 0
    for league in range(number):
        end = begin + size + (league < larger)
        leagues.append(ranked[begin:end])
        begin = end
    return leagues


def borders_between(leagues: Sequence[Sequence[Person]]) -> list[list[int]]:
    """Return where each league but the first begins: half-way to the one above.

    Between equal points it begins with its own first member.
    """
    return [_border(upper[-1], lower[0]) for upper, lower in pairwise(leagues)]


def numbers_of(
    borders: Iterable[Sequence[int]], points: Mapping[int, int]
) -> dict[int, int]:
    """Return each member's league by the borders of a draw, 1 for the most points.

    What lies between two borders is one league, together with the next one where
    fewer than ten are left, and dealt anew where there are more than twenty. So each
    has ten to twenty people, but for a course of fewer.
    """
    begins = [_place((whole, member)) for whole, member in borders]
    parts: list[list[Person]] = [[] for _ in range(len(begins) + 1)]
    for member, own in points.items():
        person = (own, member)
        parts[bisect_right(begins, _place(person))].append(person)
    leagues = [league for part in _joined(parts) for league in deal(part)]
    return {
        member: number
        for number, league in enumerate(leagues, 1)
        for _, member in league
    }


def _place(person: Person) -> tuple[int, int]:
    points, member = person
    return -points, member


def _leagues_of(people: int) -> int:
    nearest = (people + USUAL // 2) // USUAL
    return max(1, nearest, -(-people // MOST))


def _border(last: Person, first: Person) -> list[int]:
    if last[0] == first[0]:
        return list(first)
    return [(last[0] + first[0]) // 2, 0]


def _joined(parts: Iterable[list[Person]]) -> list[list[Person]]:
    """Put parts of under ten together with the next, and the last with the one before."""
    whole: list[list[Person]] = []
    waiting: list[Person] = []
    for part in parts:
        waiting = waiting + part
        if len(waiting) >= FEWEST:
            whole.append(waiting)
            waiting = []
    if waiting and whole:
        waiting += whole.pop()
    return [*whole, waiting] if waiting else whole
