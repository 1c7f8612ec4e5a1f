"""The one place that asks what time it is; everything below is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app


def now() -> datetime:
    """Return the present moment in UTC, by the application's clock."""
    clock: Callable[[], datetime] = current_app.extensions["clock"]
    return clock()


def clock_of(clock_file: Path | None) -> Callable[[], datetime]:
    """Return the clock of a process: the machine's, or moved by a demo's file."""

    def moved() -> datetime:
        moment = datetime.now(UTC)
        if clock_file is None or not clock_file.exists():
            return moment
        offset = json.loads(clock_file.read_text())["offset_seconds"]
        return moment + timedelta(seconds=offset)

    return moved
