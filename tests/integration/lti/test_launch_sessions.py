from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.arrival import Gate, arrive
from lti.sessions import find_session, open_session, renew
from models import Deployment, LaunchSession
from tests.factories import a_registration
from tests.support.arriving import LAUNCH


@pytest.fixture
def opened(session: Session, now: datetime) -> tuple[LaunchSession, str]:
    gate = Gate(registration_id=a_registration(session).id, development=False)
    arrival = arrive(session, LAUNCH, gate, now)
    return open_session(session, arrival, LAUNCH, now)


def test_a_session_is_found_by_its_token_alone(
    session: Session, now: datetime, opened: tuple[LaunchSession, str]
) -> None:
    launch, token = opened

    assert find_session(session, token, now) is launch
    for other in (token[:-1], token.lower(), "", launch.token_hash, "é", "\ud800"):
        assert find_session(session, other, now) is None


def test_one_question_brings_all_a_guard_needs(
    session: Session, now: datetime, opened: tuple[LaunchSession, str]
) -> None:
    session.commit()
    session.expire_all()
    asked: list[str] = []
    sa.event.listen(
        session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2])
    )

    found = find_session(session, opened[1], now)

    assert found is not None
    assert found.membership.name == "Ada Ahorn"
    assert (found.context.tenant_id, found.context.tenant.time_zone) == (
        found.registration.tenant_id,
        "UTC",
    )
    assert len([text for text in asked if text.startswith("SELECT")]) == 1


def test_an_hour_without_renewal_ends_it(
    session: Session, now: datetime, opened: tuple[LaunchSession, str]
) -> None:
    launch, token = opened
    nearly, later = now + timedelta(minutes=59), now + timedelta(minutes=61)

    assert find_session(session, token, nearly) is launch
    assert find_session(session, token, later) is None
    assert renew(session, launch, nearly) == nearly + timedelta(hours=1)
    assert find_session(session, token, later) is launch


def test_eight_hours_end_it_however_often_it_is_renewed(
    session: Session, now: datetime, opened: tuple[LaunchSession, str]
) -> None:
    launch, token = opened
    nearly = now + timedelta(hours=7, minutes=59)

    until = renew(session, launch, nearly)

    assert until == now + timedelta(hours=8)
    assert find_session(session, token, nearly) is launch
    assert find_session(session, token, until) is None


def test_a_platform_or_a_place_shut_out_ends_it_at_once(
    session: Session, now: datetime, opened: tuple[LaunchSession, str]
) -> None:
    launch, token = opened
    launch.registration.state = "disabled"
    assert find_session(session, token, now) is None
    launch.registration.state = "active"
    assert find_session(session, token, now) is launch

    session.get_one(Deployment, launch.deployment_id).state = "disabled"

    assert find_session(session, token, now) is None


def test_an_ended_session_stays_ended(
    session: Session, now: datetime, opened: tuple[LaunchSession, str]
) -> None:
    launch, token = opened

    launch.ended_at = now

    assert find_session(session, token, now) is None
