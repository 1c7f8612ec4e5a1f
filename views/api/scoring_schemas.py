"""The shapes of what facts are worth: points are exact decimals, never rounded."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from gamification.metrics import POINT
from views.api.award_schemas import Moment
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Printable

MOST = 1000
WRITTEN = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,6})?")
LARGEST_CAP = 100_000
Kind = Literal["submitted", "posted", "completed", "graded"]


def millionths(value: object, most: int) -> int:
    """Read points as a person writes them; raise ValueError for what are none."""
    is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
    written = WRITTEN.fullmatch(str(value).strip()) if is_number else None
    exact = int(Decimal(written[0]) * POINT) if written else -1
    if not 0 <= exact <= most * POINT:
        raise ValueError(
            f"points are a number from 0 to {most} with six decimals at most"
        )
    return exact


def points_said(number: int) -> str:
    """Write millionths as points: 2, 0.5, 1.25."""
    whole, rest = divmod(number, POINT)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def _weight(value: object) -> int:
    return millionths(value, MOST)


def _cap(value: object) -> int | None:
    return None if value is None else millionths(value, LARGEST_CAP)


_ANY_NUMBER: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string"}]}
_OR_NONE: dict[str, Any] = {"anyOf": [*_ANY_NUMBER["anyOf"], {"type": "null"}]}


class WeightAsked(Asked):
    """What a kind of fact is worth, in all items or in one."""

    kind: Kind
    item: Annotated[Printable, Field(min_length=1, max_length=128)] | None = None
    """The item's key; left out, all items that have no weight of their own."""
    weight: Annotated[int, BeforeValidator(_weight), WithJsonSchema(_ANY_NUMBER)]
    """In points; for `graded` those of full marks."""
    daily_cap: Annotated[
        int | None, BeforeValidator(_cap), WithJsonSchema(_OR_NONE)
    ] = None
    """The most points of it a learner gets a day; left out, there is no most."""
    effective_from: Moment | None = None
    """What was done before is worth what it was; left out, this counts for all."""


class ScoringChange(Asked):
    """The weights that are to change; those it does not name stay as they are."""

    model_config = example(
        weights=[
            {"kind": "posted", "weight": "0.5", "daily_cap": 2},
            {"kind": "completed", "item": "quiz-1", "weight": 10},
        ]
    )

    weights: list[WeightAsked] = Field(max_length=200)
    version: Any = None
    """Read-only, as what follows: who sends back what was read may leave it in."""
    locked: Any = None
    recounting: Any = None


class Weight(Answer):
    model_config = example(
        kind="posted", item=None, weight="0.5", daily_cap="2", effective_from=None
    )

    kind: Kind
    item: str | None
    weight: str
    """Points, as an exact decimal."""
    daily_cap: str | None
    effective_from: datetime | None


class Scoring(Answer):
    """What facts are worth in a course."""

    model_config = example(
        version=1, weights=[shown(Weight)], locked=False, recounting=False
    )

    version: int
    """0 until the course decides about it: then all is as shipped."""
    weights: list[Weight]
    locked: bool
    """The organisation keeps it as it is."""
    recounting: bool
    """Points are being counted anew, in the background."""


class BadgeCount(Answer):
    badge: str
    people: int


class ScoringEffect(Answer):
    """What other weights would come to at this moment; nothing was written."""

    model_config = example(
        people=12,
        up=0,
        down=12,
        most="4.5",
        gains=[],
        losses=[{"badge": "contributor", "people": 1}],
    )

    people: int
    """So many would have other points."""
    up: int
    down: int
    most: str
    """The largest change of anybody's points."""
    gains: list[BadgeCount]
    losses: list[BadgeCount]
    """Of badges that take back; the others stay with who has them."""
