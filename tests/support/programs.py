"""A program that asks by an API key."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from jobs.api_keys import PERMISSIONS, Wanted, create
from models import ApiKey, Context
from tests.support.clock import NOW
from tests.support.launches import Caller


def a_key(session: Session, course: Context, *permissions: str) -> tuple[ApiKey, str]:
    """Make a key of a course's tenant, with all permissions unless some are named."""
    wanted = Wanted(
        name="timetable",
        permissions=permissions or tuple(PERMISSIONS),
        expires_at=NOW + timedelta(days=30),
    )
    made = create(session, course.tenant, wanted, NOW)
    session.commit()
    return made


def a_program(
    session: Session, client: FlaskClient, course: Context, *permissions: str
) -> Caller:
    """Let a program ask about a course by such a key."""
    _, secret = a_key(session, course, *permissions)
    return Caller(client, secret, course.public_id)


def problem(answer: Any) -> tuple[int, str]:  # noqa: ANN401 -- an answer of the client
    """Return what a refusal says, after it was seen to be one."""
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.json["detail"]
