"""The simulated calendar: real time plus an offset that only ever grows."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


def real_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Campus time. With a file, the offset survives and another program can follow."""

    def __init__(
        self, path: Path | None = None, *, real: Callable[[], datetime] = real_time
    ) -> None:
        """Take the offset from `path` if it exists, else start at none and write it.

        The file is JSON, `{"offset_seconds": N}`. Raises ValueError when it is not.
        """
        self.real = real
        self._path = path
        self._offset = timedelta(0)
        if path is not None and path.exists():
            self._offset = _read(path)
        self._write()

    def now(self) -> datetime:
        return self.real() + self._offset

    def advance(self, step: timedelta) -> None:
        """Move campus time forward and tell the file."""
        self._offset += step
        self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        draft.write_text(
            json.dumps({"offset_seconds": int(self._offset.total_seconds())})
        )
        draft.replace(self._path)


def _read(path: Path) -> timedelta:
    try:
        return timedelta(seconds=int(json.loads(path.read_text())["offset_seconds"]))
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path} is not a clock file"
        raise ValueError(message) from error
