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


class JsonObject(FunctionElement[dict[str, Any]]):
    """An object of names and values in turn; the names are texts of the caller's."""

    type = sa.JSON()
    inherit_cache = True

    @classmethod
    def of(cls, **fields: Any) -> "JsonObject":  # noqa: ANN401 -- as in pairs_in
        """Return the object that has these values by these names."""
        parts: list[Any] = []
        for name, value in fields.items():
            parts += [sa.literal_column(f"'{name}'"), value]
        return cls(*parts)


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


@compiles(JsonObject)
def _object_on_postgresql(element: JsonObject, compiler: Any, **named: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return f"json_build_object({compiler.process(element.clauses, **named)})"


@compiles(JsonObject, "sqlite")
def _object_on_sqlite(element: JsonObject, compiler: Any, **named: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
    return f"json_object({compiler.process(element.clauses, **named)})"
