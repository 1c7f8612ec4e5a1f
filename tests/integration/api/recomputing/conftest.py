import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Context, Membership, Notification
from tests.factories import a_badge, a_member
from tests.support.awarding import an_award
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.recomputing import badge_of, hand_in_early


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session)


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


@pytest.fixture
def people(session: Session, course: Context) -> list[Membership]:
    """Let three hand in once today, and the first of them once last week, too.

    Then come two badges: all of them earn `keen`, and the first alone has `twice`.
    """
    people = [a_member(session, of=course) for _ in range(3)]
    for person in people:
        hand_in(session, person, times=1)
    hand_in_early(session, people[0])
    for key, threshold in (("keen", 1), ("twice", 2)):
        badge = a_badge(
            session, of=course, key=key, metric="events", threshold=threshold
        )
        badge.origin = "course"
    an_award(session, people[0], badge_of(session, "twice")).origin = "rule"
    # News of what they have since before would hide those of a recompute.
    session.execute(sa.delete(Notification))
    session.commit()
    return people
