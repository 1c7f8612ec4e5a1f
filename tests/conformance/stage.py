"""A campus, the tool beside it, and every way to knock at the tool's door."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campus import launches, tokens
from campus.records import Launch, Person
from campus.tokens import Claims, Key, Payload
from models import AuditEntry, LaunchSession, Login, Membership
from tests.support.platform import Registered
from tests.support.visitor import Page

ERROR_ID = re.compile(r"<samp>([0-9a-f]{10})</samp>")


@dataclass(frozen=True)
class Begun:
    """A login in one browser, waiting for its launch."""

    browser: FlaskClient
    launch: Launch
    state: str
    nonce: str
    answer: TestResponse


@dataclass
class Stage:
    """The tool in this process, a campus over HTTP, a registration that joins them."""

    app: OpenAPI
    registered: Registered
    session: Session
    spoken: list[str] = field(default_factory=list)
    """Every page the tool answered; no secret may be in any of them."""

    def browser(self) -> FlaskClient:
        """Return a browser of its own, with no cookies yet."""
        return self.app.test_client()

    def click(self, person: Person | None = None) -> Launch:
        return self.registered.launch(person or self.registered.cast.ada)

    def login_form(self, launch: Launch | None = None) -> dict[str, str]:
        return launches.login_form(self.registered.campus, launch or self.click())

    def begin(
        self,
        person: Person | None = None,
        *,
        browser: FlaskClient | None = None,
        changes: Mapping[str, str] | None = None,
    ) -> Begun:
        """Log in as the campus's page does; `changes` replace parameters."""
        browser, launch = browser or self.browser(), self.click(person)
        form = {**self.login_form(launch), **(changes or {})}
        answer = browser.post("/lti/login", data=form)
        query = parameters_of(answer)
        return Begun(browser, launch, query["state"], query["nonce"], answer)

    def claims(self, begun: Begun) -> Claims:
        return launches.claims_for(self.registered.campus, begun.launch, begun.nonce)

    def token(
        self,
        begun: Begun,
        changes: Mapping[str, object] | None = None,
        *,
        header: Mapping[str, object] | None = None,
        key: Key | None = None,
        payload: Payload | None = None,
    ) -> str:
        """Sign the launch's claims, honestly but for what is asked to differ."""
        return tokens.id_token(
            self.registered.campus,
            self.claims(begun) if payload is None else payload,
            changes=changes,
            header=header,
            key=key,
        )

    def post(
        self,
        begun: Begun,
        token: str,
        *,
        state: str | None = None,
        browser: FlaskClient | None = None,
    ) -> TestResponse:
        """Post an id_token to the tool, as the platform's form does."""
        form = {"id_token": token, "state": begun.state if state is None else state}
        return (browser or begun.browser).post("/lti/launch", data=form)

    def launch(
        self,
        person: Person | None = None,
        changes: Mapping[str, object] | None = None,
        **forged: Any,  # noqa: ANN401 -- what `token` takes
    ) -> TestResponse:
        """Log in and post a token in one browser."""
        begun = self.begin(person)
        return self.post(begun, self.token(begun, changes, **forged))

    def sessions(self) -> int:
        """Count the sessions that launches opened."""
        return self._count(LaunchSession)

    def members(self) -> list[Membership]:
        self.session.rollback()
        return list(self.session.scalars(sa.select(Membership)))

    def open_logins(self) -> int:
        self.session.rollback()
        query = sa.select(sa.func.count()).select_from(Login)
        return self.session.scalar(query.where(Login.used_at.is_(None))) or 0

    def audit(self) -> list[AuditEntry]:
        self.session.rollback()
        return list(self.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))

    def reasons(self) -> list[str]:
        """Return why launches were refused, by the audit."""
        return [entry.details.get("reason", entry.action) for entry in self.audit()]

    def refusal(self, answer: TestResponse) -> str:
        """Check that an answer is a proper refusal; return the reason on record.

        4xx, a page with an error id and nothing of what was sent, no session, no
        cookie, and one audit entry that the error id finds.
        """
        page = answer.get_data(as_text=True)
        assert 400 <= answer.status_code < 500
        assert answer.mimetype == "text/html"
        assert "laurel-session" not in page
        assert "eyJ" not in page
        assert answer.headers.getlist("Set-Cookie") == []
        assert self.sessions() == 0
        (error_id,) = ERROR_ID.findall(page)
        (entry,) = [entry for entry in self.audit() if entry.error_id == error_id]
        assert "eyJ" not in json.dumps(entry.details)
        return str(entry.details["reason"])

    def _count(self, model: type[Any]) -> int:
        self.session.rollback()
        return self.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def parameters_of(answer: TestResponse) -> dict[str, str]:
    """Return the authentication request of a login page; the first values count."""
    page = Page("http://tool.example/", answer.get_data(as_text=True))
    query = parse_qs(urlsplit(page.links["continue"]).query)
    return {name: values[0] for name, values in query.items()}


def bearer_of(answer: TestResponse) -> str:
    """Return the token in the page of a launch; raises KeyError if it holds none."""
    page = Page("http://tool.example/", answer.get_data(as_text=True))
    return str(json.loads(page.scripts["laurel-session"])["token"])
