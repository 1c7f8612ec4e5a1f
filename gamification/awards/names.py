from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class RandomName(FunctionElement[str]):
    """An opaque public id, made by the database: another one for every row."""

    type = sa.String(22)
    inherit_cache = True


@compiles(RandomName)
def _on_postgresql(_element: RandomName, _compiler: Any, **_: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return "left(replace(CAST(gen_random_uuid() AS text), '-', ''), 22)"


@compiles(RandomName, "sqlite")
def _on_sqlite(_element: RandomName, _compiler: Any, **_: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return "lower(hex(randomblob(11)))"
