import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from tests.conformance.stage import Stage
from tests.support.platform import Registered
from tests.support.syncing import Desk, a_course

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@pytest.fixture
def stage(app: OpenAPI, registered: Registered, session: Session) -> Stage:
    """Return a campus of Moodle's shape with the tool registered."""
    return Stage(app, registered, session)


@pytest.fixture
def canvas_stage(
    app: OpenAPI, canvas_registered: Registered, session: Session
) -> Stage:
    """Return a campus of Canvas's shape with the tool registered."""
    return Stage(app, canvas_registered, session)


@pytest.fixture
def desk(app: OpenAPI, served: str, session: Session, registered: Registered) -> Desk:
    return Desk(app, session, a_course(session, registered), registered)


@pytest.fixture
def canvas_desk(
    app: OpenAPI, served: str, session: Session, canvas_registered: Registered
) -> Desk:
    return Desk(app, session, a_course(session, canvas_registered), canvas_registered)


def asked(desk: Desk, endpoint: str) -> int:
    return desk.registered.campus.traffic.count(endpoint)


def error_of(desk: Desk, source: str = "roster") -> str:
    return desk.state(source).error or ""
