"""From facts to numbers: exact whole numbers, read from `earned` alone."""

from gamification.metrics.definitions import COUNTS, EVENTS, METRICS, POINT, Metric
from gamification.metrics.periods import (
    ALL,
    TERM,
    begin_of,
    day_of,
    days_of_key,
    keys_of,
    month_key,
    week_key,
    week_of,
)
from gamification.metrics.queries import (
    contributors,
    totals,
)
from gamification.metrics.scopes import Scope, days_of_period, last_days

__all__ = [
    "ALL",
    "COUNTS",
    "EVENTS",
    "METRICS",
    "POINT",
    "TERM",
    "Metric",
    "Scope",
    "begin_of",
    "contributors",
    "day_of",
    "days_of_key",
    "days_of_period",
    "keys_of",
    "last_days",
    "month_key",
    "totals",
    "week_key",
    "week_of",
]
