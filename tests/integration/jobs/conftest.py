from collections.abc import Iterator

import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context
from tests.factories import a_badge, a_context
from tests.support.believing import let_be_cut
from tests.support.enrolling import learners
from tests.support.launches import Caller, a_caller
from tests.support.platform import Registered
from tests.support.publishing import a_column
from tests.support.syncing import Desk, a_course
from tests.support.webhooks import Receiver, added, receiving


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


@pytest.fixture
def teacher(desk: Desk, session: Session) -> Caller:
    """Let somebody who is on no roster decide: an administrator of the platform."""
    client = desk.app.test_client()
    return a_caller(session, client, of=desk.context, role="admin")


@pytest.fixture
def cut(desk: Desk) -> Desk:
    """Return a course that was read, and whose roster is cut off to a tenth."""
    learners(desk, 10)
    assert desk.sync().ok
    let_be_cut(desk)
    return desk


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def heard(app: OpenAPI, session: Session, receiver: Receiver) -> Context:
    """Build a course of whose awards the receiver is told."""
    course = a_context(session)
    a_badge(session, of=course, key="first", metric="events", threshold=1)
    session.commit()
    receiver.secret = added(app, course, receiver.url)[1]
    return course
