from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
"""A Sunday: the last day of its week."""


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, step: timedelta) -> datetime:
        """Let time pass; return the new present."""
        self.moment += step
        return self.moment
