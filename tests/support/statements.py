"""How many statements a request costs: a number that must not grow with the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from models.db import db


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that the application sends to its database."""
    sent: list[str] = []

    def note(*event: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's six arguments
        # On SQLite the driver's BEGIN passes here, too.
        if not event[2].startswith("BEGIN"):
            sent.append(event[2])

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
