"""E: dynamic registration (LTI Dynamic Registration 1.0, 3.3 to 3.6)."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Response
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from app import create_app
from campus.state import Campus
from config import Config
from models import AuditEntry, Invitation
from models.db import db
from tests.support.clock import Clock
from tests.support.inviting import configured, rows
from tests.support.registering import an_invitation, paste


@pytest.fixture
def production(config: Config, clock: Clock) -> Iterator[OpenAPI]:
    """Return the application as it runs in the world: no http, no loopback."""
    url = "https://laurel.example.org"
    app = create_app(replace(config, environment="production", public_url=url))
    app.extensions["clock"] = clock
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def sink() -> Iterator[socket.socket]:
    """Listen where nobody may come."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def visitors(sink: socket.socket) -> int:
    try:
        sink.accept()
    except BlockingIOError:
        return 0
    return 1


def reason(session: Session) -> str:
    session.rollback()
    query = sa.select(AuditEntry).filter_by(action="registration_refused")
    entries = session.scalars(query.order_by(AuditEntry.id)).all()
    return str(entries[-1].details["reason"])


def is_open(session: Session) -> bool:
    session.rollback()
    return session.scalars(sa.select(Invitation)).one().used_at is None


@pytest.mark.parametrize("which", ["none", "unknown", "used", "expired"])
def test_e1_nobody_registers_without_a_good_invitation(
    app: OpenAPI, campus: Campus, session: Session, clock: Clock, which: str
) -> None:
    """E1: 403, and the platform is not even asked who it is."""
    secret = an_invitation(app, "--days", "1")
    if which == "used":
        paste(app, campus, secret)
    if which == "expired":
        clock.advance(timedelta(days=1))
    known = len(rows(session))
    campus.traffic.clear()

    answer = (
        app.test_client().get("/lti/register")
        if which == "none"
        else paste(app, campus, "unknown" if which == "unknown" else secret)
    )

    assert answer.status_code == 403
    assert campus.traffic.count("configuration") == 0
    assert len(rows(session)) == known
    assert reason(session) == "invitation"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://lms.example/config",
        "https://127.0.0.1:{port}/config",
        "https://localhost:{port}/config",
        "https://[::1]:{port}/config",
        "https://[::ffff:127.0.0.1]:{port}/config",
        "https://[::ffff:10.0.0.1]/config",
        "https://0.0.0.0:{port}/config",
        "https://2130706433:{port}/config",
        "https://0x7f000001:{port}/config",
        "https://10.0.0.1/config",
        "https://169.254.169.254/latest/meta-data",
        "https://100.100.100.200/latest/meta-data",
        "https://[64:ff9b::7f00:1]:{port}/config",
        "https://[2002:7f00:1::]:{port}/config",
        "https://lms.example:22/config",
        "https://user@localhost:{port}/config",
        "https://localhost:{port}\\@lms.example/config",
        "gopher://localhost:{port}/",
        "not an address",
    ],
)
def test_e2_a_configuration_is_fetched_from_public_places_alone(
    production: OpenAPI,
    campus: Campus,
    session: Session,
    sink: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
) -> None:
    """E2: refused with no request leaving, and the invitation is still good."""
    ask = socket.getaddrinfo
    odd = {"2130706433": "127.0.0.1", "0x7f000001": "127.0.0.1"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: ask(odd.get(host, host), *a, **k)
    )
    secret = an_invitation(production)

    answer = paste(
        production,
        campus,
        secret,
        openid_configuration=url.format(port=sink.getsockname()[1]),
    )

    assert answer.status_code == 400
    assert visitors(sink) == 0
    assert (rows(session), is_open(session)) == ([], True)


def test_e2_a_name_that_rebinds_is_not_followed(
    production: OpenAPI,
    campus: Campus,
    session: Session,
    sink: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """E2: the address that was looked at is the one connected to."""
    ask, port, asked = socket.getaddrinfo, sink.getsockname()[1], []

    def rebinding(host: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as the library's
        if host != "lms.example":
            return ask(host, *args, **kwargs)
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    paste(
        production,
        campus,
        an_invitation(production),
        openid_configuration=f"https://lms.example:{port}/config",
    )

    assert visitors(sink) == 0
    assert asked == ["lms.example"]
    assert rows(session) == []


@pytest.mark.parametrize("fault", ["redirect", "huge", "endless"])
def test_e2_a_configuration_is_small_and_where_it_was_said_to_be(
    app: OpenAPI, campus: Campus, session: Session, sink: socket.socket, fault: str
) -> None:
    """E2: no redirect is followed, and 256 KiB are enough."""
    inside = f"http://127.0.0.1:{sink.getsockname()[1]}/"
    answers = {
        "redirect": lambda _: Response(status=302, headers={"Location": inside}),
        "huge": lambda _: Response(b" " * (256 * 1024) + b"{}"),
        "endless": lambda _: Response(b" " * 1024 for _ in iter(int, 1)),
    }
    campus.faults.on("configuration", answers[fault])

    answer = paste(app, campus, an_invitation(app))

    assert answer.status_code == 400
    assert visitors(sink) == 0
    assert (rows(session), is_open(session)) == ([], True)


def test_e2_a_host_within_is_asked_by_the_operators_word_alone(
    production: OpenAPI, campus: Campus, session: Session, sink: socket.socket
) -> None:
    """E2: the explicit list; https stays demanded."""
    url = f"https://localhost:{sink.getsockname()[1]}/config"
    allowed = an_invitation(production, "--internal-host", "localhost")

    refused = paste(
        production, campus, an_invitation(production), openid_configuration=url
    )
    came_before = visitors(sink)
    sink.close()
    paste(production, campus, allowed, openid_configuration=url)

    assert (refused.status_code, came_before) == (400, 0)
    # Nobody answers there any more: it was tried, and not refused.
    assert reason(session) == "no_answer"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("issuer", "https://another.example", "issuer_elsewhere"),
        ("issuer", "https://canvas.instructure.com", "issuer_elsewhere"),
        ("issuer", None, "no_issuer"),
        ("issuer", 7, "no_issuer"),
        ("token_endpoint", "https://10.0.0.1/token", "endpoint_private"),
        ("jwks_uri", "https://[fd00::1]/jwks", "endpoint_private"),
        ("jwks_uri", "https://169.254.169.254/jwks", "endpoint_private"),
        ("authorization_endpoint", "https://192.168.0.1/auth", "endpoint_private"),
        ("authorization_endpoint", "javascript:alert(1)", "endpoint_address"),
        ("token_endpoint", "http://lms.example/token", "endpoint_address"),
        ("jwks_uri", "https://8.8.8.8:22/jwks", "port"),
        ("registration_endpoint", "https://8.8.8.8/register", "registration_elsewhere"),
        ("registration_endpoint", "https://10.0.0.1/reg", "registration_elsewhere"),
        ("id_token_signing_alg_values_supported", ["HS256"], "other_ways"),
    ],
)
def test_e3_a_platform_speaks_for_itself_alone(
    app: OpenAPI, campus: Campus, session: Session, name: str, value: object, why: str
) -> None:
    """E3: its own issuer, endpoints that are public, nothing sent before that."""
    configured(campus, **{name: value})

    answer = paste(app, campus, an_invitation(app))

    assert answer.status_code == 400
    assert reason(session) == why
    assert campus.traffic.count("register") == 0
    assert (rows(session), is_open(session)) == ([], True)


def test_e3_hosts_elsewhere_wait_for_the_operators_word(
    app: OpenAPI, canvas_campus: Campus, session: Session
) -> None:
    """E3: Canvas uses several hosts, and the cloud's issuer when self-hosted."""
    configured(
        canvas_campus,
        issuer="https://canvas.instructure.com",
        jwks_uri="https://8.8.8.8/jwks",
    )

    page = paste(app, canvas_campus, an_invitation(app)).get_data(as_text=True)
    (row,) = rows(session)
    run = app.test_cli_runner().invoke
    refused = run(args=["platform", "approve", row.public_id])
    state = [one.state for one in rows(session)]
    accepted = run(args=["platform", "approve", row.public_id, "--accept-hosts"])

    assert row.unproven_hosts == ["8.8.8.8", "canvas.instructure.com"]
    assert all(host in page for host in row.unproven_hosts)
    assert (refused.exit_code, state) == (1, ["pending"])
    assert all(host in refused.output for host in row.unproven_hosts)
    assert accepted.exit_code == 0
    assert [one.state for one in rows(session)] == ["active"]
