"""How many steps SQLite's machine takes: the same in every run, on any hardware."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

EACH = 10
"""Steps from one tick to the next."""


@contextmanager
def stepping(engine: sa.Engine) -> Iterator[Callable[[], int]]:
    """Count the ticks of an engine's connections inside of a block."""
    ticks: list[None] = []
    watched: list[Any] = []

    def watch(*event: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's six arguments
        database = event[0].connection.dbapi_connection
        watched.append(database)
        # What it returns would end the statement, were it true.
        database.set_progress_handler(lambda: ticks.append(None), EACH)

    sa.event.listen(engine, "before_cursor_execute", watch)
    try:
        yield lambda: len(ticks)
    finally:
        sa.event.remove(engine, "before_cursor_execute", watch)
        for database in watched:
            database.set_progress_handler(None, 0)
