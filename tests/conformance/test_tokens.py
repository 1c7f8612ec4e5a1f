"""Security table D8 and D9: what a token endpoint may do to us, and whose tokens are whose."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.faults import (
    Fault,
    changed,
    drip,
    empty,
    gzip_bomb,
    html,
    huge,
    redirect,
    status,
)
from campus.records import Tool
from lti import http
from models import Registration
from tests.conformance.conftest import NRPS, asked
from tests.support.clock import Clock
from tests.support.platform import Registered
from tests.support.syncing import Desk, a_course

pytestmark = pytest.mark.conformance


@pytest.fixture
def secrets_logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Collect what any logger says, and complain about tokens in it."""
    caplog.set_level(logging.DEBUG)
    found: list[str] = []
    yield found
    for record in caplog.records:
        assert "eyJ" not in record.getMessage()
        assert not any(secret in record.getMessage() for secret in found)


TOKEN_FAULTS: dict[str, Fault] = {
    "401": status(401, '{"error": "invalid_client"}'),
    "400": status(400, '{"error": "invalid_scope"}'),
    "429": status(429, retry_after=120),
    "500": status(500),
    "503": status(503, retry_after="Sun, 22 Nov 2026 11:00:00 GMT"),
    "html": html(),
    "empty": empty(),
    "redirect": redirect("http://127.0.0.1:1/elsewhere"),
    "10 MB": huge(10 * 2**20),
    "gzip bomb": gzip_bomb(),
}


@pytest.mark.parametrize("name", TOKEN_FAULTS)
def test_d08_a_token_endpoint_that_fails(
    desk: Desk, name: str, clock: Clock, secrets_logged: list[str]
) -> None:
    """Security Framework 4.1: no crash, a pause, a sentence; nothing is fetched."""
    desk.registered.campus.faults.on("token", TOKEN_FAULTS[name])

    report = desk.sync(now_please=False)

    state = desk.state("roster")
    assert [source.error is None for source in report.sources] == [False, False]
    assert (state.failures, state.succeeded_at) == (1, None)
    assert state.next_attempt_at is not None
    assert state.next_attempt_at >= clock() + timedelta(minutes=1)
    assert asked(desk, "memberships") == asked(desk, "lineitems") == 0


def test_d08_a_token_endpoint_that_drips(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security Framework 4.1: nobody holds a worker with a byte a second."""
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.5)
    desk.registered.campus.faults.on("token", drip(0.1))

    assert not desk.sync().ok


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [(120, 120), ("Sun, 22 Nov 2026 10:30:00 GMT", 1800), ("soon", 60), (-5, 60)],
)
def test_d08_a_platform_that_names_a_pause_gets_it(
    desk: Desk, clock: Clock, wish: int | str, seconds: int
) -> None:
    """RFC 9110, 10.2.3: seconds or a date; it is asked again after that, not before."""
    busy = status(429, retry_after=wish)
    desk.registered.campus.faults.on("memberships", busy, times=1)
    desk.sync(now_please=False)

    clock.advance(timedelta(seconds=seconds - 1))
    desk.sync(now_please=False)
    assert asked(desk, "memberships") == 1

    clock.advance(timedelta(seconds=seconds // 4 + 16))
    assert desk.sync(now_please=False).ok
    assert asked(desk, "memberships") == 2


@pytest.mark.parametrize("expires_in", [None, "abc", -1, 0, 10**9, True])
def test_d08_a_lifetime_that_makes_no_sense(desk: Desk, expires_in: object) -> None:
    """A token that lives shorter than we think is noticed by a 401, and replaced."""

    def change(body: object) -> object:
        assert isinstance(body, dict)
        rest = {k: v for k, v in body.items() if k != "expires_in"}
        return rest if expires_in is None else {**rest, "expires_in": expires_in}

    desk.registered.campus.faults.on("token", changed(change))

    assert desk.sync().ok
    desk.registered.campus.expire_tokens()
    assert desk.sync().ok


def test_d08_a_token_is_asked_for_once_while_it_is_good(
    desk: Desk, clock: Clock
) -> None:
    """Security Framework 4.1: kept until a minute before its end."""
    desk.sync()
    desk.sync()
    assert asked(desk, "token") == 2  # one for the roster, one for the grades

    clock.advance(timedelta(minutes=59))
    desk.sync()
    assert asked(desk, "token") == 4


def test_d08_a_refused_token_is_replaced_once(desk: Desk) -> None:
    """RFC 6750, 3.1: it may have ended early; a second 401 is an answer."""
    desk.sync()
    desk.registered.campus.faults.on("memberships", status(401))
    desk.registered.campus.traffic.clear()

    report = desk.sync()

    assert report.sources[0].error is not None
    assert report.sources[1].error is None
    assert (asked(desk, "memberships"), asked(desk, "token")) == (2, 1)


def test_d08_we_prove_who_we_are_by_our_key(desk: Desk, served: str) -> None:
    """Security Framework 4.1: private_key_jwt for the token's own audience."""
    desk.sync()

    request = desk.registered.campus.traffic.requests("token")[0]
    form = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == NRPS
    assert claims["iss"] == claims["sub"] == desk.registered.registration.client_id
    assert claims["aud"] == desk.registered.registration.token_url
    assert claims["exp"] - claims["iat"] == 300
    jtis = {
        jwt.decode(
            parse_qs(r.body.decode())["client_assertion"][0],
            options={"verify_signature": False},
        )["jti"]
        for r in desk.registered.campus.traffic.requests("token")
    }
    assert len(jtis) == 2


def test_d08_an_audience_of_its_own_is_used(desk: Desk, session: Session) -> None:
    """Security Framework 4.1.1: the platform may name another audience."""
    session.execute(sa.update(Registration).values(audience="https://aud.example"))

    desk.sync()

    request = desk.registered.campus.traffic.requests("token")[0]
    assertion = parse_qs(request.body.decode())["client_assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert claims["aud"] == "https://aud.example"


def another_client(session: Session, own: Registration, client_id: str) -> Registration:
    """Write the same platform down once more, where the tool has another id."""
    other = Registration(
        tenant_id=own.tenant_id,
        issuer=own.issuer,
        client_id=client_id,
        auth_login_url=own.auth_login_url,
        token_url=own.token_url,
        jwks_url=own.jwks_url,
        family=own.family,
        frame_origins=own.frame_origins,
        created_at=own.created_at,
    )
    session.add(other)
    session.commit()
    return other


def test_d09_a_token_of_one_registration_is_never_used_for_another(
    desk: Desk, session: Session, served: str
) -> None:
    """Two tenants of one issuer: each asks for itself."""
    campus = desk.registered.campus
    other_tool = campus.add_tool(Tool.at(served, "laurel-2"))
    other = another_client(session, desk.registered.registration, "laurel-2")
    urls = campus.shape.memberships_url(campus, desk.registered.cast.course, other_tool)
    theirs = a_course(
        session,
        Registered(campus, desk.registered.cast, other),
        memberships_url=urls,
        lineitems_url=None,
    )

    desk.sync()
    Desk(desk.app, session, theirs, desk.registered).sync()

    bearers = [
        request.headers["authorization"]
        for request in campus.traffic.requests("memberships")
    ]
    assert len(set(bearers)) == 2
    clients = [
        jwt.decode(
            parse_qs(request.body.decode())["client_assertion"][0],
            options={"verify_signature": False},
        )["sub"]
        for request in campus.traffic.requests("token")
    ]
    assert clients == ["laurel", "laurel", "laurel-2"]
