from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import Base


def insert(session: Session, model: type[Base]) -> Any:  # noqa: ANN401 -- two dialects' inserts share no type with ON CONFLICT
    """Return an INSERT that knows ON CONFLICT, for the session's database."""
    return insert_on(session.get_bind().dialect.name, model)


def insert_on(dialect: str, model: type[Base] | sa.Table) -> Any:  # noqa: ANN401 -- two dialects' inserts share no type with ON CONFLICT
    """Return the same for a database by its name, where there is no session."""
    table = model if isinstance(model, sa.Table) else model.__table__
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def found_first(
    dialect: str, query: sa.Select[*tuple[Any, ...]]
) -> sa.Select[*tuple[Any, ...]]:
    """Let all rows be found before the first is inserted into a table that is read.

    Where PostgreSQL believes that table to be empty it looks through what it has just
    inserted for every next row: for a quarter of an hour in a course of 100,000.
    SQLite finds them first by itself.
    """
    if dialect != "postgresql":
        return query
    found = query.add_columns(sa.func.count().over().label("rows")).subquery()
    *columns, rows = found.c
    return sa.select(*columns).where(rows > 0)
