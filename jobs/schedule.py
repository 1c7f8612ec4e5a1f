"""What happens by itself, and when."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from config import Config

HOURLY, DAILY = "%Y-%m-%dT%H", "%Y-%m-%d"
REMIND_AT = time(7)
"""After the night has looked at everything, and before people do."""


@dataclass(frozen=True)
class Periodic:
    """A job that comes back; the worker asks once a minute whether it is time."""

    job: str
    when: str
    """For people."""
    zone: ZoneInfo
    form: str = ""
    """How a period is named; a job without one may run at any time, and twice."""
    not_before: time = time.min

    def is_due(self, moment: datetime) -> bool:
        """Tell whether it is time, if it has not happened in this period yet.

        Not in that minute alone: a worker that was down then does it late.
        """
        return moment.astimezone(self.zone).time() >= self.not_before

    def period(self, moment: datetime) -> str:
        """Name the period a moment lies in, in the zone of the settings."""
        return moment.astimezone(self.zone).strftime(self.form)


def schedule(config: Config) -> tuple[Periodic, ...]:
    """Return what happens by itself."""
    zone = ZoneInfo(config.time_zone)
    hour, minute = map(int, config.recompute_at.split(":"))
    at, every = time(hour, minute), config.sync_every_minutes
    named = config.time_zone
    nightly = f"every day at {at:%H:%M} ({named})"
    return (
        Periodic("sweep_outbox", "every minute", zone),
        Periodic("sync_due_courses", f"each course every {every} minutes", zone),
        Periodic("recompute", nightly, zone, DAILY, at),
        Periodic("tick", "every hour", zone, HOURLY),
        Periodic("clean_up", "every hour", zone, HOURLY),
        Periodic("publish_due_scores", "every minute", zone),
        Periodic("end_awards", "every minute", zone),
        Periodic("send_deliveries", "every minute", zone),
        Periodic(
            "remind",
            f"every day at {REMIND_AT:%H:%M} ({named})",
            zone,
            DAILY,
            REMIND_AT,
        ),
        Periodic("show_due_boards", "every minute", zone),
        Periodic("deal_due_leagues", "every minute", zone),
        Periodic("seal_audit", "every minute", zone),
        Periodic("seal_late_entries", nightly, zone, DAILY, at),
    )
