"""Fixtures for everybody; the builders of rows are in factories.py.

A test that asks for `session`, `app`, `client` or `database` has a database of its
own, migrated and empty. Below `integration/` and `properties/` it runs once on SQLite
and once on PostgreSQL; elsewhere on SQLite, unless it names `database` itself.
What a test wrote by `session` it commits before it asks the `client`.
"""

import inspect
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app
from campus.server import STOPS_WITHIN
from campus.state import Campus
from config import Config
from models.db import db, tune_sqlite
from tests.support.clock import Clock
from tests.support.databases import Database, Databases
from tests.support.dialects import remember_statements
from tests.support.network import refuse_the_world
from tests.support.platform import Registered, a_campus, register
from tests.support.postgres import PostgresMissing
from tests.support.routing import compile_routes_late

pytest_plugins = ["pytester", "tests.support.garbage", "tests.support.summary"]

TESTS = Path(__file__).resolve().parent
ON_BOTH = ("integration", "properties")

refuse_the_world()
remember_statements()
compile_routes_late()


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores: each waits now and then."""
    return (os.cpu_count() or 1) + 1


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on both databases where its folder, or the test itself, says so."""
    if "database" not in metafunc.fixturenames:
        return
    folder = metafunc.definition.path.relative_to(TESTS).parts[0]
    named = "database" in inspect.signature(metafunc.function).parameters
    if folder in ON_BOTH or named:
        kinds = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        alone = metafunc.definition.get_closest_marker("sqlite_alone") is not None
        metafunc.parametrize("database", kinds[: 1 if alone else 2], indirect=True)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Return settings of a development server that are the same for a whole run."""
    return Config.from_environment(
        {
            "LAUREL_ENV": "development",
            "INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
            "GAMIFICATION_ENABLED": "true",
            "SECRET_KEY": secrets.token_urlsafe(32),
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
    )


@pytest.fixture(scope="session")
def databases(
    tmp_path_factory: pytest.TempPathFactory, settings: Config
) -> Iterator[Databases]:
    databases = Databases(tmp_path_factory.mktemp("databases"), settings)
    yield databases
    databases.close()


@pytest.fixture
def database(
    databases: Databases, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Make a migrated, empty database for this test alone."""
    with ExitStack() as stack:
        try:
            made = databases.fresh(getattr(request, "param", "sqlite"))
            database = stack.enter_context(made)
        except PostgresMissing as missing:
            pytest.exit(str(missing), returncode=pytest.ExitCode.USAGE_ERROR)
        yield database


@pytest.fixture
def engine(database: Database) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database.url)
    tune_sqlite(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """Open a plain session, as the layers below the edges get one."""
    with Session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def clock() -> Clock:
    """Return the application's clock: it stands at `now` until it is moved."""
    return Clock()


@pytest.fixture
def now(clock: Clock) -> datetime:
    """Return the fixed moment at which a test begins."""
    return clock.moment


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Reserve the port where the tool is served, if the test serves it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@pytest.fixture
def config(
    settings: Config, database: Database, listener: socket.socket, tmp_path: Path
) -> Config:
    """Return this test's settings; the environment's switch is on."""
    return replace(
        settings,
        database_url=database.url,
        instance=tmp_path,
        public_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
    )


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[OpenAPI]:
    """Return the whole application on this test's database."""
    app = create_app(config)
    app.testing = True
    app.extensions["clock"] = clock
    yield app
    if queue := app.extensions.get("queue"):
        queue.close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: OpenAPI) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def served(app: OpenAPI, listener: socket.socket) -> Iterator[str]:
    """Serve the application over HTTP in a thread; yield its address."""
    listener.listen(64)
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = Thread(target=server.serve_forever, args=(STOPS_WITHIN,), daemon=True)
    thread.start()
    yield app.extensions["laurel"].public_url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def campus(clock: Clock) -> Iterator[Campus]:
    """Run an empty campus of Moodle's shape."""
    with a_campus("moodle", clock) as campus:
        yield campus


@pytest.fixture
def canvas_campus(clock: Clock) -> Iterator[Campus]:
    """Run an empty campus of Canvas's shape."""
    with a_campus("canvas", clock) as campus:
        yield campus


@pytest.fixture
def registered(campus: Campus, config: Config, session: Session) -> Registered:
    """Put the tool and a small cast on the campus; register the campus with us.

    The campus calls the tool back only where the test also asks for `served`.
    """
    return register(session, campus, config.public_url)


@pytest.fixture
def canvas_registered(
    canvas_campus: Campus, config: Config, session: Session
) -> Registered:
    """Do the same on a campus of Canvas's shape."""
    return register(session, canvas_campus, config.public_url)
