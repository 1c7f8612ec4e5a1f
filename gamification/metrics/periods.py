"""Days, weeks and months as a course lives them: in its own zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ALL = "all"


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


def keys_of(day: date) -> tuple[str, str, str]:
    """Return every period a day belongs to: all-time, its week, its month."""
    return ALL, week_key(day), month_key(day)
