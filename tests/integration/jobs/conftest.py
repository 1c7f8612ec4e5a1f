import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from tests.support.platform import Registered
from tests.support.publishing import a_column
from tests.support.syncing import Desk, a_course


@pytest.fixture
def desk(app: OpenAPI, served: str, session: Session, registered: Registered) -> Desk:
    """Return a course of the Moodle-shaped campus, known and not yet read."""
    return Desk(app, session, a_course(session, registered), registered)


@pytest.fixture
def canvas_desk(
    app: OpenAPI, served: str, session: Session, canvas_registered: Registered
) -> Desk:
    """Return a course of the Canvas-shaped campus, known and not yet read."""
    return Desk(app, session, a_course(session, canvas_registered), canvas_registered)


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Return a course that was read; Ada holds some of its badges, Ben fewer."""
    a_column(desk)
    assert desk.sync().ok
    return desk
