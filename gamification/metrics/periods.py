"""Days, weeks and months as a course lives them: in its own zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ALL = "all"
TERM = "term"
Days = tuple[date | None, date | None]
"""The first and the last day that count, in the course's zone; open where empty."""


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; raise ZoneInfoNotFoundError for another."""
    return ZoneInfo(name)


def day_of(moment: datetime, zone_name: str) -> date:
    """Return the calendar day of a moment in that zone."""
    return moment.astimezone(zone(zone_name)).date()


def begin_of(day: date, zone_name: str) -> datetime:
    """Return the moment at which a calendar day begins in that zone, in UTC."""
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and the Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month around a day."""
    first = day.replace(day=1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    return first, next_first - timedelta(days=1)


def week_key(day: date) -> str:
    """Return the ISO week, `2026-W47`; it begins on Monday."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_key(day: date) -> str:
    """Return the month, `2026-11`."""
    return f"{day.year:04}-{day.month:02}"


def keys_of(day: date, term: Days = (None, None)) -> tuple[str, ...]:
    """Return every period a day belongs to: all-time, its week, its month, the term.

    A term without a date at either end has no days.
    """
    keys = (ALL, week_key(day), month_key(day))
    first, last = term
    is_in_term = first is not None and last is not None and first <= day <= last
    return (*keys, TERM) if is_in_term else keys


def days_of_key(key: str) -> tuple[date, date]:
    """Return the first and the last day of a week (`2026-W47`) or month (`2026-11`).

    Raises ValueError for what names neither, or ends after the last day there is.
    """
    year, _, part = key.partition("-")
    try:
        if part.startswith("W"):
            return week_of(date.fromisocalendar(int(year), int(part[1:]), 1))
        return month_of(date(int(year), int(part), 1))
    except OverflowError:
        raise ValueError(key) from None
