"""Time that is reported: worth no points, and a badge where a rule asks for it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.standings import standing_of
from jobs.api_keys import EVENTS_WRITE
from models import Context, Membership
from tests.factories import a_badge, a_context
from tests.support.programs import a_program


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, metric="time_spent", threshold=1800)
    return course


def test_time_is_added_up_and_awards_what_asks_for_it(
    session: Session, client: FlaskClient, course: Context, ada: Membership
) -> None:
    program = a_program(session, client, course, EVENTS_WRITE)
    told = [
        {
            "user": ada.user.public_id,
            "kind": "spent",
            "occurred_at": f"2026-11-21T{hour}:00:00Z",
            "seconds": seconds,
        }
        for hour, seconds in ((10, 1799), (11, 1))
    ]

    answers = [program.send("POST", f"{program.course}/events", one) for one in told]

    assert [one.json and one.json["awarded"] for one in answers] == [0, 1]
    assert standing_of(session, ada).points == 0
