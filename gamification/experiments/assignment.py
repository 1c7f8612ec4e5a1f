"""Who sees which variant: worked out from ids alone, so it comes out the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_WEIGHT = 100
"""The sum of an experiment's weights: shares are whole hundredths at the finest."""


@dataclass(frozen=True)
class Share:
    """A variant, and how many of so many people are to see it."""

    variant: str
    weight: int


def assigned(salt: str, subject: int, shares: Sequence[Share]) -> str:
    """Return the variant of a subject, by nothing but the salt and the weights.

    Of as many subjects with consecutive ids as the weights add up to, each variant
    gets exactly its weight: so no share is ever further from its due than that one
    round. Within a round the salt decides, and nobody can foresee it. Raises
    ValueError where no weight is positive or they add up to more than 100.
    """
    total = sum(share.weight for share in shares)
    if not 0 < total <= MOST_WEIGHT or any(share.weight < 0 for share in shares):
        raise ValueError("Weights are whole and add up to 1 to 100.")
    turn, seat = divmod(subject, total)
    # The seats of a round in an order of its own: a shuffle that needs no memory.
    order = sorted(range(total), key=lambda place: _chance(salt, turn, place))
    place = order.index(seat)
    bounds = accumulate(share.weight for share in shares)
    return next(
        share.variant
        for share, bound in zip(shares, bounds, strict=True)
        if place < bound
    )


def _chance(salt: str, turn: int, place: int) -> bytes:
    return hashlib.sha256(f"{salt}:{turn}:{place}".encode()).digest()
