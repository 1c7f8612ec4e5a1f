"""E: dynamic registration (LTI Dynamic Registration 1.0, 3.3 to 3.6)."""

import json
import logging
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
from campus.faults import Honest
from campus.state import Campus
from config import Config
from models import AuditEntry, Deployment, Invitation, Registration
from models.db import db
from tests.factories import a_registration, a_tenant
from tests.support.clock import Clock
from tests.support.platform import a_campus
from tests.support.registering import an_invitation, paste

pytestmark = pytest.mark.conformance

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


@pytest.fixture(params=["moodle", "canvas"])
def platform(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Campus]:
    """Run an empty campus, once of each shape."""
    with a_campus(request.param, clock) as campus:
        yield campus


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


def rows(session: Session) -> list[Registration]:
    session.rollback()
    return list(session.scalars(sa.select(Registration).order_by(Registration.id)))


def reason(session: Session) -> str:
    session.rollback()
    query = sa.select(AuditEntry).filter_by(action="registration_refused")
    entries = session.scalars(query.order_by(AuditEntry.id)).all()
    return str(entries[-1].details["reason"])


def is_open(session: Session) -> bool:
    session.rollback()
    return session.scalars(sa.select(Invitation)).one().used_at is None


def configured(campus: Campus, **changes: object) -> None:
    """Let the campus describe itself falsely."""

    def fault(honest: Honest) -> Response:
        answer = honest()
        body = {**json.loads(answer.get_data()), **changes}
        answer.set_data(json.dumps({k: v for k, v in body.items() if v is not None}))
        return answer

    campus.faults.on("configuration", fault)


def answered(campus: Campus, body: str, status: int = 200) -> None:
    """Let the campus answer a registration with this."""
    campus.faults.on("register", lambda _honest: Response(body, status))


def test_a_platform_registers_itself_with_one_paste(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """DR 3.3-3.6: discovery, request with the token, answer, all kept."""
    answer = paste(app, platform, an_invitation(app))

    (row,) = rows(session)
    (tool,) = platform.tools
    endpoints = platform.endpoints
    assert answer.status_code == 200
    assert (row.issuer, row.client_id) == (endpoints.issuer, tool.client_id)
    assert row.auth_login_url == endpoints.authorization
    assert (row.token_url, row.jwks_url) == (endpoints.token, endpoints.jwks)
    assert (row.family, row.state, row.audience) == (
        platform.shape.name,
        "pending",
        None,
    )
    assert tool.login_url.endswith(f"/lti/login/{row.public_id}")
    assert session.scalars(sa.select(Deployment.lti_id)).all() == list(
        tool.deployment_ids
    )


def test_a_platform_is_asked_for_what_we_use_and_no_more(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """DR 3.4: scopes, claims and messages."""
    paste(app, platform, an_invitation(app))

    (asked,) = platform.traffic.requests("register")
    body = json.loads(asked.body)
    described = body[TOOL]
    (tool,) = platform.tools
    assert described["domain"] == app.extensions["laurel"].public_url.split("//")[1]
    assert (tool.shares_names, tool.shares_email) == (True, False)
    assert "openid" not in body["scope"].split()
    assert set(tool.scopes) >= {
        "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    }
    if platform.shape.name == "canvas":
        assert (
            described["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
        )
        assert tool.custom["canvas_course_id"] == "$Canvas.course.id"
    else:
        assert tool.custom["group_ids"] == "$Moodle.Person.userGroupIds"
    assert not {"$Person.name.full", "$Person.email.primary"} & set(
        tool.custom.values()
    )


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


def test_e4_the_token_goes_to_one_address_and_into_no_log(
    app: OpenAPI,
    campus: Campus,
    session: Session,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """E4: sent to the registration endpoint alone; kept nowhere."""
    caplog.set_level(logging.DEBUG)
    secret, token = an_invitation(app), "a-token-to-watch"
    campus.desk.hand_out(token, campus.now())

    page = paste(app, campus, secret, registration_token=token)
    again = paste(app, campus, secret, registration_token=token)

    (sent,) = campus.traffic.requests("register")
    (fetched,) = campus.traffic.requests("configuration")
    assert sent.headers["authorization"] == f"Bearer {token}"
    assert token not in f"{fetched}"
    assert token not in page.get_data(as_text=True) + again.get_data(as_text=True)
    # The campus writes down nothing: what is in the log is ours.
    ours = [record for record in caplog.records if not record.name.startswith("werk")]
    assert [record for record in ours if token in record.getMessage()] == []
    assert token not in database_text(session)


def test_e4_no_token_no_header(app: OpenAPI, campus: Campus) -> None:
    """E4: a platform that gave no token is sent none (DR 3.5)."""
    paste(app, campus, an_invitation(app), registration_token="")

    (sent,) = campus.traffic.requests("register")
    assert "authorization" not in sent.headers


def test_e5_a_namesake_overwrites_nothing(
    app: OpenAPI, canvas_campus: Campus, session: Session
) -> None:
    """E5: somebody else's issuer and client id, in a registration of its own."""
    first = a_registration(
        session,
        tenant=a_tenant(session, key="first"),
        issuer=canvas_campus.endpoints.issuer,
        client_id="10000000000001",
    )
    before = (first.public_id, first.jwks_url, first.state)
    session.commit()

    paste(app, canvas_campus, an_invitation(app, tenant="second"))

    kept, made = rows(session)
    assert (kept.public_id, kept.jwks_url, kept.state) == before
    assert (made.issuer, made.client_id) == (kept.issuer, kept.client_id)
    assert made.state == "pending"
    assert made.tenant_id != kept.tenant_id


def test_e5_approving_a_namesake_says_so(
    app: OpenAPI, canvas_campus: Campus, session: Session
) -> None:
    """E5: the operator is told that the two cannot be told apart."""
    a_registration(
        session, issuer=canvas_campus.endpoints.issuer, client_id="10000000000001"
    )
    session.commit()
    paste(app, canvas_campus, an_invitation(app, tenant="second"))

    result = app.test_cli_runner().invoke(
        args=["platform", "approve", rows(session)[1].public_id]
    )

    assert "same issuer and client id" in result.output


def test_e6_nothing_opens_before_approval(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """E6: launches are refused with a page that says why; then they open."""
    paste(app, platform, an_invitation(app))
    (row,) = rows(session)

    waiting = login(app, platform, row)
    app.test_cli_runner().invoke(args=["platform", "approve", row.public_id])
    approved = login(app, platform, row)

    assert waiting[0] == 403
    assert "waits for approval" in waiting[1]
    assert approved[0] == 200
    assert 'id="continue"' in approved[1]


def test_e7_what_a_platform_calls_itself_is_text(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    """E7: names are escaped, shortened and of one line."""
    name = "<script>alert(1)</script>\n\u202e" + "x" * 300
    configured(
        campus,
        **{
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "<b>moodle</b>",
                "https://canvas.instructure.com/lti/account_name": name,
            }
        },
    )

    answer = paste(app, campus, an_invitation(app))

    (row,) = rows(session)
    page = answer.get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; x" in page
    assert len(row.name) == 255
    assert row.name.isprintable()


def login(app: OpenAPI, campus: Campus, row: Registration) -> tuple[int, str]:
    tool = campus.tools[0]
    form = {
        "iss": campus.endpoints.issuer,
        "login_hint": "1",
        "client_id": tool.client_id,
        "target_link_uri": tool.target_link_uri,
    }
    answer = app.test_client().post(f"/lti/login/{row.public_id}", data=form)
    return answer.status_code, answer.get_data(as_text=True)


def database_text(session: Session) -> str:
    session.rollback()
    tables = (Registration.__table__, Invitation.__table__, AuditEntry.__table__)
    return "".join(str(session.execute(sa.select(t)).all()) for t in tables)
