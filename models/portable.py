"""What the two databases say differently."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def pairs_in(
    first: Any,  # noqa: ANN401 -- a mapped column is more than its type says
    second: Any,  # noqa: ANN401 -- as above
    pairs: Collection[tuple[Any, Any]],
) -> sa.ColumnElement[bool]:
    """Hold for rows with one of some pairs, found by an index that begins with `first`.

    Asked for the pairs alone SQLite would read the whole table.
    """
    return sa.and_(
        first.in_(sorted({one for one, _ in pairs})),
        sa.tuple_(first, second).in_(sorted(pairs)),
    )


class RandomName(FunctionElement[str]):
    """An opaque public id, made by the database: another one for every row."""

    type = sa.String(22)
    inherit_cache = True


class AsJson(FunctionElement[dict[str, Any]]):
    """A text that is known to be JSON, as what a JSON column holds."""

    type = sa.JSON()
    inherit_cache = True


@compiles(RandomName)
def _random_on_postgresql(_element: RandomName, _compiler: Any, **_: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return "left(replace(CAST(gen_random_uuid() AS text), '-', ''), 22)"


@compiles(RandomName, "sqlite")
def _random_on_sqlite(_element: RandomName, _compiler: Any, **_: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return "lower(hex(randomblob(11)))"


@compiles(AsJson)
def _json_on_postgresql(element: AsJson, compiler: Any, **named: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return f"CAST({compiler.process(element.clauses, **named)} AS JSON)"


@compiles(AsJson, "sqlite")
def _json_on_sqlite(element: AsJson, compiler: Any, **named: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return str(compiler.process(element.clauses, **named))
