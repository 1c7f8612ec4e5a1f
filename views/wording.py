"""How moments, numbers and metrics read; the templates' filters."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gamification.metrics.definitions import duration

TIME = "time_spent"
WORK = "authored"
UNITS = {
    "score": ("point", "points"),
    "events": ("contribution", "contributions"),
    "authored": ("piece of work", "pieces of work"),
    "active_days": ("active day", "active days"),
    "completed": ("completed activity", "completed activities"),
    "percent": ("per cent", "per cent"),
    "average_percent": ("per cent", "per cent"),
    "streak_weeks": ("week in a row", "weeks in a row"),
    "items": ("activity", "activities"),
    "requirements": ("requirement", "requirements"),
    "badge": ("badge", "badges"),
    "hour": ("hour", "hours"),
    "item": ("activity", "activities"),
    "learner": ("learner", "learners"),
    "minute": ("minute", "minutes"),
    "person": ("person", "people"),
    "result": ("result", "results"),
    "time": ("time", "times"),
}
WHAT_COUNTS = {
    "score": "Handing in work, posting, completing activities and good results all "
    "earn points. Opening this page does not.",
    "events": "Everything you hand in or post is a contribution.",
    "authored": "Each different piece of work you hand in counts once, however often "
    "you improve it.",
    "active_days": "A day counts when you hand something in, post or complete an "
    "activity on it.",
    "completed": "Every activity of the course that you complete counts once.",
    TIME: "The time that is reported of you in this course counts. Opening this page does "
    "not.",
    "percent": "Your best result in this activity counts.",
    "average_percent": "Your best result in each of these activities counts, and what "
    "you have no result for counts as zero.",
    "streak_weeks": "A week counts when you hand something in, post or complete an "
    "activity in it. One free week does not end a streak.",
    "items": "Your best result in each of these activities counts.",
    "requirements": "Each part of what is asked counts by itself.",
}
WHAT_COUNTS_WITHOUT_WORK = {
    "score": "Completing activities and good results earn points. Opening this page "
    "does not.",
    "events": "Every activity that you complete is a contribution.",
    "authored": "Nobody can earn this yet: the course site reports no handed-in work to "
    "Laurel.",
    "active_days": "A day counts when you complete an activity on it.",
}
"""The same in a course that tells us of nothing handed in or posted."""
WITHOUT_TIME = "Nobody can earn this yet: no time that is spent is reported to Laurel."
# The shipped badges' pictures, drawn by us: not every device can draw an emoji.
DRAWINGS = {
    "🌱": "sprout",
    "✍️": "pen-fill",
    "🚀": "rocket-takeoff-fill",
    "📚": "book-fill",
    "🔥": "fire",
    "🏆": "trophy-fill",
    "✨": "stars",
}
RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago a moment was, the way people say it; never in the future."""
    passed = max(now - moment, timedelta())
    minutes = passed // timedelta(minutes=1)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{counted(minutes, 'minute')} ago"
    if minutes < 24 * 60:
        return "an hour ago" if minutes < 120 else f"{minutes // 60} hours ago"
    days = minutes // (24 * 60)
    return "a day ago" if days == 1 else f"{grouped(days)} days ago"


def day(moment: datetime, zone: str) -> str:
    """Return the calendar day of a moment in an IANA zone: 22 November 2026."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%B %Y}"


def short_day(moment: datetime, zone: str) -> str:
    """Return the calendar day of a moment where there is little room: 22 Nov 2026."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %Y}"


def grouped(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}"


def counted(number: int, what: str) -> str:
    """Return a number with its noun: 1 point, 25 points. `what` may be a metric."""
    if what == TIME:
        return duration(number)
    one, many = UNITS.get(what, (what, what))
    return f"{grouped(number)} {one if number == 1 else many}"


def out_of(number: int, whole: int, what: str) -> str:
    """Say how much of a whole there is: 12 of 25 points, 20 minutes of 1 hour."""
    there = counted(number, what) if what == TIME else grouped(number)
    return f"{there} of {counted(whole, what)}"


def every(minutes: int) -> str:
    """Say how often something happens: every minute, every 15 minutes, every hour."""
    number, unit = minutes, "minute"
    if minutes % 60 == 0:
        number, unit = minutes // 60, "hour"
    return f"every {unit}" if number == 1 else f"every {counted(number, unit)}"


def beside(gap: int) -> str:
    """Say how many points somebody is from the reader: 12 ahead, 5 behind, level."""
    if gap == 0:
        return "level"
    return f"{grouped(abs(gap))} {'ahead' if gap > 0 else 'behind'}"


def what_counts(metric: str, unfed: Collection[str] = ()) -> str:
    """Say in a sentence what a learner does to raise a metric.

    `unfed` are the metrics of which the course's sources report nothing.
    """
    words = WHAT_COUNTS.get(metric, "")
    if metric == TIME and TIME in unfed:
        return WITHOUT_TIME
    return WHAT_COUNTS_WITHOUT_WORK.get(metric, words) if WORK in unfed else words


def drawing(icon: str) -> str | None:
    """Return our own picture for an emoji, or None: then the emoji itself is shown."""
    return DRAWINGS.get(icon) or DRAWINGS.get(icon + "\ufe0f")


def direction(locale: str | None) -> str:
    """Return how a locale such as `ar-EG` is laid out: `rtl` or `ltr`."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


FILTERS: dict[str, Callable[..., object]] = {
    "ago": ago,
    "beside": beside,
    "counted": counted,
    "day": day,
    "drawing": drawing,
    "every": every,
    "grouped": grouped,
    "out_of": out_of,
    "short_day": short_day,
    "what_counts": what_counts,
}
