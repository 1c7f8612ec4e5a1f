"""The words of a condition: its metric, its numbers and its keys, read one by one."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from gamification.metrics import METRICS

RESULTS = ("percent", "average_percent")
NAMES = (*METRICS, *RESULTS, "streak_weeks")
LARGEST = 1_000_000_000


def wrong(message: str) -> PydanticCustomError:
    """Return an error whose message is a sentence of ours, with nothing before it."""
    # Braces would be places for values.
    return PydanticCustomError("rule", message.replace("{", "(").replace("}", ")"))


def _number(value: object) -> int | float:
    """Read a bound: at most two decimals, and whole numbers without any."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong("this is not a number")
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST:
        value = int(value)
    if not -LARGEST <= value <= LARGEST:
        raise wrong(f"this is not a number from -{LARGEST} to {LARGEST}")
    if isinstance(value, float) and Decimal(str(value)).as_tuple().exponent < -2:  # type: ignore[operator] # infinite ones are not below the largest
        raise wrong("this has more than two decimals")
    return value


def _metric(value: object) -> object:
    if value not in NAMES:
        shown = repr(value)[:40]
        raise wrong(f"there is no metric {shown}; there are {', '.join(NAMES)}")
    return value


Number = Annotated[int | float, BeforeValidator(_number)]
Key = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
MetricName = Annotated[
    Literal[
        "score",
        "events",
        "authored",
        "active_days",
        "completed",
        "time_spent",
        "percent",
        "average_percent",
        "streak_weeks",
    ],
    BeforeValidator(_metric),
]
