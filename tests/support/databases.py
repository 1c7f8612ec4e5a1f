"""Databases for tests: each test gets a fresh copy of one migrated template."""

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app import create_app
from config import Config
from models.db import db
from tests.support import postgres

# Copying the files beats writing them to the log, from the version that knows how.
KNOWS_STRATEGY = (15, 0)


@dataclass(frozen=True)
class Database:
    """A migrated database that belongs to one test alone."""

    name: str
    """`sqlite` or `postgresql`."""
    url: str


@dataclass
class Databases:
    """The templates, made when first asked for, and the copies."""

    folder: Path
    config: Config
    _stack: ExitStack = field(default_factory=ExitStack)
    _numbers: Iterator[int] = field(default_factory=count)
    _sqlite: Path | None = None
    _postgresql: "_Server | None" = None

    def close(self) -> None:
        """Drop what was made and stop the cluster that was started."""
        self._stack.close()

    @contextmanager
    def fresh(self, name: str) -> Iterator[Database]:
        """Yield a new database of this kind; it is gone afterwards.

        Raises PostgresMissing when there is none and none can be started.
        """
        copy = self._sqlite_copy if name == "sqlite" else self._postgresql_copy
        with copy() as url:
            yield Database(name, url)

    @contextmanager
    def _sqlite_copy(self) -> Iterator[str]:
        if self._sqlite is None:
            self._sqlite = self.folder / "template.db"
            migrate(self.config, f"sqlite:///{self._sqlite}")
            # A copy of one file must be all of it.
            with sqlite3.connect(self._sqlite) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        path = self.folder / f"{next(self._numbers)}.db"
        shutil.copyfile(self._sqlite, path)
        yield f"sqlite:///{path}"
        for file in self.folder.glob(f"{path.name}*"):
            file.unlink()

    @contextmanager
    def _postgresql_copy(self) -> Iterator[str]:
        if self._postgresql is None:
            url = os.environ.get("TEST_DATABASE_URL") or self._stack.enter_context(
                postgres.cluster(parent=postgres.memory())
            ).format(database="postgres")
            self._postgresql = _Server(url, f"laurel_test_{os.getpid()}")
            self._postgresql.create()
            self._stack.callback(self._postgresql.drop)
            migrate(self.config, self._postgresql.url_of())
        with self._postgresql.copy(next(self._numbers)) as url:
            yield url


class _Server:
    """A PostgreSQL server that lets us make databases."""

    def __init__(self, url: str, prefix: str) -> None:
        self.prefix = prefix
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.left: str | None = None

    def url_of(self, suffix: str = "") -> str:
        name = f"{self.prefix}{suffix}"
        return self.url.set(database=name).render_as_string(hide_password=False)

    def create(self) -> None:
        try:
            self._tell(f"CREATE DATABASE {self.prefix}")
        except sa.exc.DBAPIError as problem:
            raise postgres.PostgresMissing(
                f"The tests may not make a database on PostgreSQL: {problem.orig}"
            ) from problem

    @contextmanager
    def copy(self, number: int) -> Iterator[str]:
        version = self.engine.dialect.server_version_info or (0,)
        strategy = " STRATEGY file_copy" if version >= KNOWS_STRATEGY else ""
        name = f"{self.prefix}_{number}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE {self.prefix}{strategy}")
        try:
            yield self.url_of(f"_{number}")
        finally:
            # Whose connections are just being closed is waited for: a tenth of a second.
            self._drop_left()
            self.left = name

    def drop(self) -> None:
        self._drop_left()
        self._tell(f"DROP DATABASE IF EXISTS {self.prefix} WITH (FORCE)")
        self.engine.dispose()

    def _drop_left(self) -> None:
        if self.left is not None:
            self._tell(f"DROP DATABASE {self.left} WITH (FORCE)")
            self.left = None

    def _tell(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(sa.text(statement))


def migrate(config: Config, url: str) -> None:
    """Bring the database to the newest version, by the real migrations."""
    app = create_app(replace(config, database_url=url))
    alembic = logging.getLogger("alembic")
    with app.app_context():
        level = alembic.level
        alembic.setLevel(logging.WARNING)
        flask_migrate.upgrade()
        alembic.setLevel(level)
        db.engine.dispose()
