from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import Base


def insert(session: Session, model: type[Base]) -> Any:  # noqa: ANN401 -- two dialects' inserts share no type with ON CONFLICT
    """Return an INSERT that knows ON CONFLICT, for the session's database."""
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return on.insert(model)
