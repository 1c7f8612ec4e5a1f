"""How Alembic finds the database: it is the application's own."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from models.base import Base, UTCDateTime


def render_item(
    kind: str,
    item: object,
    _context: AutogenContext,
) -> str | Literal[False]:
    """Write a UTC moment as the plain column it is, so that models may move."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


engine = current_app.extensions["migrate"].db.engine

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        # SQLite alters a table by copying it.
        render_as_batch=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
