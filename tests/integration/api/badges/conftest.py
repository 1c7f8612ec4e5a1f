import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Context, Membership
from tests.factories import a_member
from tests.support.launches import Caller, a_caller, a_live_course, hand_in


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session)


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course)
    hand_in(session, ada, times=2)
    session.commit()
    return ada


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")
