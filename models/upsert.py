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
