import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from tests.conformance.stage import Stage
from tests.support.platform import Registered


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
