"""Databases' dialects that remember statements from one test's engine to the next.

An engine keeps the statements that it has compiled, and every test has engines of its
own: without this, each test compiles anew what the test before it has compiled.
"""

from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

STATEMENTS = 800
"""So many are remembered: the program has some hundreds, and laws make more."""


class Remembered:
    """A dialect that is equal to every other one of its kind, as keys of caches go.

    That holds where all engines of a kind are made with the same settings for their
    dialect and meet the same server, which is so in a run of tests.
    """

    statements: ClassVar[LRUCache[object, object]]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: sa.Engine) -> None:
        """Hand every new engine the statements that others have compiled."""
        engine.update_execution_options(compiled_cache=cls.statements)


class RememberedSqlite(Remembered, SQLiteDialect_pysqlite):
    supports_statement_cache = True
    statements = LRUCache(STATEMENTS)


class RememberedPostgres(Remembered, PGDialect_psycopg):
    supports_statement_cache = True
    statements = LRUCache(STATEMENTS)


def remember_statements() -> None:
    """Let every engine of this process, from now on, have such a dialect."""
    registry.register("sqlite", __name__, RememberedSqlite.__name__)
    registry.register("postgresql.psycopg", __name__, RememberedPostgres.__name__)
