"""An open launch without a platform: what the views ask for is a row and a token."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import ROOT
from gamification.activity import Fact, record
from gamification.catalog import adopt, load
from models import Context, LaunchSession, Membership
from tests.factories import a_context, a_member, an_item
from tests.support.clock import NOW

CATALOG = ROOT / "catalog.toml"
PICKING: dict[str, object] = {
    "return_url": "https://lms.example/return",
    "targets": ["iframe"],
    "accept_multiple": True,
    "accept_line_item": True,
    "auto_create": False,
    "title": "",
    "text": "",
    "data": None,
}
"""What makes a session one that picks links; the role decides the rest."""


@dataclass(frozen=True)
class Caller:
    """A person who has opened the tool; asks as the page's own scripts do."""

    client: FlaskClient
    token: str
    course_id: str
    """The course's public id."""

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self._headers)

    def send(
        self, method: str, path: str, content: object = None, **headers: str
    ) -> TestResponse:
        """Send JSON; a header's dashes are underscores here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            path,
            method=method,
            headers={**self._headers, **named},
            json={} if content is None else content,
        )

    def send_table(self, path: str, text: str | bytes, **headers: str) -> TestResponse:
        """Send a table of badges; a header's dashes are underscores here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {**self._headers, **named}
        return self.client.post(
            path, headers=headers, data=text, content_type="text/csv"
        )

    def send_toml(
        self, method: str, path: str, text: str | bytes, **headers: str
    ) -> TestResponse:
        """Send a configuration; a header's dashes are underscores here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            path,
            method=method,
            headers={**self._headers, **named},
            data=text,
            content_type="text/toml",
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
    moments = {
        "created_at": NOW,
        "last_used_at": NOW,
        "expires_at": NOW + timedelta(hours=8),
    }
    values = {"role": role, "panel": "overview", **moments, **columns}
    session.add(
        LaunchSession(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            registration_id=context.registration_id,
            deployment_id=context.deployment_id,
            context_id=context.id,
            membership_id=member.id,
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


def a_live_course(session: Session, **columns: Any) -> Context:  # noqa: ANN401 -- any other column of the row
    """Build a course that is on, with the shipped badges."""
    course = a_context(session, **columns)
    adopt(session, course, load(CATALOG), NOW)
    return course


def hand_in(session: Session, member: Membership, times: int) -> None:
    """Let a member hand something in so many times, just now: two points each."""
    hand_in_all(session, [(member, times)])


def hand_in_all(session: Session, work: Sequence[tuple[Membership, int]]) -> None:
    """Let members of a course do so, each with a thing of their own, in one batch."""
    facts = [
        fact for member, times in work for fact in _handed_in(session, member, times)
    ]
    told = record(session, facts, NOW, environment=True)
    assert told.new == len(facts)


def _handed_in(session: Session, member: Membership, times: int) -> list[Fact]:
    item = an_item(session, of=session.get_one(Context, member.context_id))
    return [
        Fact(
            context_id=member.context_id,
            membership_id=member.id,
            item_id=item.id,
            kind="submitted",
            occurred_at=NOW,
            source="test",
            attempt=str(attempt),
        )
        for attempt in range(times)
    ]
