"""Databases to measure on: filled with one course of any size, and gone afterwards."""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from bench.learners import fill
from config import Config
from gamification.catalog import adopt, load
from jobs.clock import now
from models import Base, Context
from models.db import db
from tests.support import postgres
from tests.support.databases import migrate

DATABASES = ("sqlite", "postgresql")
DEFAULTS = ("listen_addresses=", "timezone=UTC")
"""A server as it is installed: a commit is on the disk when it returns."""


@dataclass(frozen=True)
class Place:
    """A filled database with the application on it."""

    app: Flask
    config: Config
    learners: int
    context_id: int

    @property
    def url(self) -> str:
        return self.config.database_url

    @property
    def name(self) -> str:
        """The database's kind."""
        return self.url.partition(":")[0].partition("+")[0]


def parser(description: str, *, places: int = 1) -> argparse.ArgumentParser:
    """Return a parser of what every measurement here can be told.

    Where several `places` are open at once, each has a cluster of its own.
    """
    told = argparse.ArgumentParser(description=description)
    if places == 1:
        told.add_argument(
            "--postgres",
            help="An empty database's URL; without it a cluster is started.",
        )
    told.add_argument("--only", choices=DATABASES, help="Leave the other database out.")
    return told


@contextmanager
def place(name: str, learners: int, given: str | None = None) -> Iterator[Place]:
    """Yield a database of a kind with a course of so many learners."""
    with ExitStack() as stack:
        url = stack.enter_context(_sqlite() if name == "sqlite" else _postgresql(given))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = {
            "LAUREL_ENV": "development",
            "GAMIFICATION_ENABLED": "true",
            "INSTANCE_PATH": folder,
        }
        config = replace(Config.from_environment(settings), database_url=url)
        migrate(config, url)
        app = create_app(config)
        with app.app_context():
            stack.callback(db.engine.dispose)
            context_id = _filled(db.session(), config, learners)
            db.session.remove()
        yield Place(app, config, learners, context_id)


def wanted(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the databases that are meant."""
    return DATABASES if options.only is None else (options.only,)


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the statements that go to a database, its transactions left out."""
    sent: list[str] = []

    def note(*event: object) -> None:
        text = str(event[2])
        if not text.startswith(("BEGIN", "SELECT pg_advisory")):
            sent.append(text)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def _filled(session: Session, config: Config, learners: int) -> int:
    moment = now()
    context_id = fill(session, learners, moment)
    context = session.get_one(Context, context_id)
    adopt(session, context, load(config.catalog_file), moment)
    session.commit()
    return context_id


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'laurel.db'}"


@contextmanager
def _postgresql(given: str | None) -> Iterator[str]:
    if given is None:
        with postgres.cluster(DEFAULTS) as url:
            yield url.format(database="postgres")
        return
    yield given
    engine = sa.create_engine(given)
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    engine.dispose()
