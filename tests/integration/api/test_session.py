from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import a_member
from tests.support.clock import Clock
from tests.support.launches import a_caller


def test_a_renewal_begins_the_idle_hour_anew(
    client: FlaskClient, session: Session, clock: Clock
) -> None:
    caller = a_caller(session, client)
    clock.advance(timedelta(minutes=50))

    answer = caller.send("POST", "/api/session")
    clock.advance(timedelta(minutes=50))

    assert answer.json == {"expires_at": "2026-11-22T11:50:00Z"}
    assert caller.get("/api/v1/me").status_code == 200


def test_what_is_left_alone_for_an_hour_is_over(
    client: FlaskClient, session: Session, clock: Clock
) -> None:
    caller = a_caller(session, client)
    clock.advance(timedelta(minutes=60))

    assert caller.send("POST", "/api/session").status_code == 401


def test_eight_hours_after_the_launch_it_is_over_in_any_case(
    client: FlaskClient, session: Session, clock: Clock
) -> None:
    caller = a_caller(session, client)
    statuses = []
    for _ in range(9):
        clock.advance(timedelta(minutes=55))
        statuses.append(caller.send("POST", "/api/session").status_code)

    assert statuses == [200] * 8 + [401]


def test_a_registration_that_is_disabled_ends_its_sessions_at_once(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session)
    caller = a_caller(session, client, member=ada)
    before = caller.get("/api/v1/me").status_code
    ada.context.registration.state = "disabled"
    session.commit()

    assert (before, caller.get("/api/v1/me").status_code) == (200, 401)
