"""A teacher of two courses, and what one takes from the other."""

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Badge, BadgeVersion, Context, Membership, User
from tests.factories import a_badge
from tests.support.launches import Caller, a_caller


def own(session: Session, course: Context, key: str, **named: Any) -> Badge:  # noqa: ANN401 -- what a_badge takes
    badge = a_badge(session, of=course, key=key, **named)
    badge.origin = "course"
    return badge


def teaching(
    session: Session,
    client: FlaskClient,
    course: Context,
    user: User,
    role: str = "instructor",
) -> Caller:
    """Let a person of another course open the tool in this one."""
    member = Membership(
        context_id=course.id,
        user_id=user.id,
        name="Iris",
        role=role,
        first_seen_at=course.created_at,
    )
    session.add(member)
    session.flush()
    return a_caller(session, client, member=member, role=role)


def take(caller: Caller, course: Context, **named: object) -> Any:  # noqa: ANN401 -- whatever JSON holds
    body = {"course": course.public_id, **named}
    return caller.send("POST", f"{caller.course}/imports", body)


def rules(session: Session, course: Context) -> dict[str, tuple[str, object]]:
    """Return the course's own badges: their states and rules."""
    session.rollback()
    query = (
        sa.select(Badge.key, Badge.state, BadgeVersion.criterion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == course.id, BadgeVersion.retired_at.is_(None))
        .where(Badge.origin == "course")
    )
    return {key: (state, rule) for key, state, rule in session.execute(query)}
