"""The only module that knows Flask-SQLAlchemy: `db` is used at the edges alone."""

from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from models.base import Base

# A request answers from what it has just committed, without reading it again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

WAIT_MS = 10_000
"""So long a writer on SQLite waits for another one."""


def tell_no_rows(engine: sa.Engine) -> None:
    """Let an error say which constraint failed, and not by what.

    PostgreSQL adds the row as a detail, people's names and all, and logs quote errors.
    """
    if engine.dialect.name != "postgresql":
        return

    @sa.event.listens_for(engine, "handle_error")
    def _cut(context: sa.engine.ExceptionContext) -> None:
        original, ours = context.original_exception, context.sqlalchemy_exception
        short = getattr(getattr(original, "diag", None), "message_primary", None)
        if short is None or ours is None:
            return
        ours.args = (str(ours.args[0]).replace(str(original), short),)
        original.args = (short,)


def tune_sqlite(engine: sa.Engine) -> None:
    """Make an SQLite engine behave like a database server; others are left alone.

    Transactions begin where SQLAlchemy says (the driver would begin by itself),
    readers do not block the writer (WAL), and a busy writer is waited for.
    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html
    """
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:  # noqa: ANN401 -- a driver's connection
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={WAIT_MS}",
            # In KiB: awarding a large course must not spill its indexes on the way.
            "cache_size=-16384",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        mode, wait = options.get("sqlite_begin", ""), options.get("sqlite_wait_ms")
        if wait is None:
            connection.exec_driver_sql(f"BEGIN {mode}")
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout={wait:d}")
        try:
            connection.exec_driver_sql(f"BEGIN {mode}")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={WAIT_MS}")
