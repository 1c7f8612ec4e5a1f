"""From facts to numbers: exact whole numbers, read from `earned` alone."""

from gamification.metrics.definitions import COUNTS, EVENTS, METRICS, POINT, Metric
from gamification.metrics.periods import (
    ALL,
    begin_of,
    day_of,
    keys_of,
    month_key,
    week_key,
    week_of,
)
from gamification.metrics.queries import (
    contributors,
    percents,
    reaching,
    totals,
    values,
)

__all__ = [
    "ALL",
    "COUNTS",
    "EVENTS",
    "METRICS",
    "POINT",
    "Metric",
    "begin_of",
    "contributors",
    "day_of",
    "keys_of",
    "month_key",
    "percents",
    "reaching",
    "totals",
    "values",
    "week_key",
    "week_of",
]
