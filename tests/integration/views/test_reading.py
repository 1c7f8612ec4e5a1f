"""What only reads ends in order, so that PostgreSQL keeps what it has planned."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import abort
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models.db import db
from tests.conformance.stage import Stage
from tests.factories import a_member
from tests.support.launches import a_caller, a_live_course
from tests.support.platform import Registered


@contextmanager
def endings(app: OpenAPI) -> Iterator[list[str]]:
    """Collect how the application's transactions end."""
    seen: list[str] = []

    def committed(_connection: object) -> None:
        seen.append("commit")

    def undone(_connection: object) -> None:
        seen.append("rollback")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "commit", committed)
    sa.event.listen(engine, "rollback", undone)
    yield seen
    sa.event.remove(engine, "commit", committed)
    sa.event.remove(engine, "rollback", undone)


@pytest.mark.parametrize("path", ["/panel/overview", "/api/me/badges"])
def test_a_page_that_was_read_undoes_nothing(
    path: str, app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    caller = a_caller(session, client, member=ada)

    with endings(app) as seen:
        answer = caller.get(path)

    assert (answer.status_code, seen) == (200, ["commit"])


def test_a_login_and_a_launch_undo_nothing(
    app: OpenAPI, registered: Registered, session: Session
) -> None:
    stage = Stage(app, registered, session)

    with endings(app) as seen:
        answer = stage.launch()

    # Login; what the launch asks before it is believed; the launch.
    assert (answer.status_code, seen) == (200, ["commit"] * 3)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/refusing"), ("POST", "/asking")]
)
def test_what_is_refused_or_may_have_written_is_undone(
    method: str, path: str, app: OpenAPI, client: FlaskClient
) -> None:
    @app.get("/refusing")
    def refuse() -> str:
        db.session.execute(sa.text("SELECT 1"))
        abort(403)

    @app.post("/asking")
    def ask() -> str:
        db.session.execute(sa.text("SELECT 1"))
        return "without a commit"

    with endings(app) as seen:
        client.open(path, method=method)

    assert seen == ["rollback"]
