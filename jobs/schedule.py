"""What happens by itself, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from config import Config

MINUTE, HOUR, DAY = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H", "%Y-%m-%d"


@dataclass(frozen=True)
class Periodic:
    """A job that comes back; the worker asks once a minute whether it is time."""

    job: str
    when: str
    """For people."""
    is_due: Callable[[datetime], bool]
    period: Callable[[datetime], str]
    """The name of the period that a moment lies in; a job runs once in each."""


def schedule(config: Config) -> tuple[Periodic, ...]:
    """Return what happens by itself, in the zone of the settings."""
    zone = ZoneInfo(config.time_zone)
    at = time.fromisoformat(f"{config.recompute_at:0>5}")

    def named(form: str) -> Callable[[datetime], str]:
        return lambda moment: moment.astimezone(zone).strftime(form)

    def from_then_on(moment: datetime) -> bool:
        # Not only in that minute: a worker that was down then does it late.
        return moment.astimezone(zone).time() >= at

    def always(_moment: datetime) -> bool:
        return True

    clock, every = at.strftime("%H:%M"), config.sync_every_minutes
    return (
        Periodic("sweep_outbox", "every minute", always, named(MINUTE)),
        Periodic(
            "sync_due_courses",
            f"every minute, each course every {every} minutes",
            always,
            named(MINUTE),
        ),
        Periodic(
            "recompute",
            f"every day at {clock} ({config.time_zone})",
            from_then_on,
            named(DAY),
        ),
        Periodic("clean_up", "every hour", always, named(HOUR)),
    )
