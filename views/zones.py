"""The time zones that a course can be given, as people look for them."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def zones() -> tuple[str, ...]:
    """Return the zones named after a place, and UTC; old names are left out.

    The API takes every IANA name; this is what is proposed to a person.
    """
    named = (name for name in available_timezones() if name.split("/")[0] in REGIONS)
    return ("UTC", *sorted(named))
