"""An open launch without a platform: what the views ask for is a row and a token."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Context, LaunchSession, Membership
from tests.factories import a_member
from tests.support.clock import NOW


@dataclass(frozen=True)
class Caller:
    """A person who has opened the tool; asks as the page's own scripts do."""

    client: FlaskClient
    token: str
    course_id: str
    """The course's public id."""

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self._headers)

    def send(self, method: str, path: str, content: object = None) -> TestResponse:
        return self.client.open(
            path, method=method, headers=self._headers, json=content or {}
        )

    @property
    def course(self) -> str:
        return f"/api/v1/courses/{self.course_id}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def a_launch(
    session: Session,
    member: Membership,
    *,
    role: str,
    **columns: Any,  # noqa: ANN401 -- any other column of the session
) -> str:
    """Open a session for a member, commit everything and return the token."""
    token = secrets.token_urlsafe(32)
    context = session.get_one(Context, member.context_id)
    values = {"role": role, "panel": "overview", **columns}
    session.add(
        LaunchSession(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            registration_id=context.registration_id,
            deployment_id=context.deployment_id,
            context_id=context.id,
            membership_id=member.id,
            created_at=NOW,
            last_used_at=NOW,
            expires_at=NOW + timedelta(hours=8),
            **values,
        )
    )
    session.commit()
    return token


def a_caller(
    session: Session,
    client: FlaskClient,
    *,
    of: Context | None = None,
    role: str = "learner",
    member: Membership | None = None,
    **columns: Any,  # noqa: ANN401 -- any other column of the session
) -> Caller:
    """Let somebody of this role open the tool in a course."""
    member = member or a_member(session, of=of, role=role)
    course = session.get_one(Context, member.context_id).public_id
    return Caller(client, a_launch(session, member, role=role, **columns), course)
