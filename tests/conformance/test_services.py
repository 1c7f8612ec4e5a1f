"""Security table D6 to D10: what the services of a platform may do to us."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest
import sqlalchemy as sa
from flask import jsonify
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.bad_pages import endless_pages, next_link
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
from campus.records import Enrolment, Person, Tool
from lti import http
from models import Registration
from tests.support.clock import Clock
from tests.support.platform import Registered
from tests.support.syncing import Desk, a_course

pytestmark = pytest.mark.conformance

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@pytest.fixture
def desk(app: OpenAPI, served: str, session: Session, registered: Registered) -> Desk:
    return Desk(app, session, a_course(session, registered), registered)


@pytest.fixture
def canvas_desk(
    app: OpenAPI, served: str, session: Session, canvas_registered: Registered
) -> Desk:
    return Desk(app, session, a_course(session, canvas_registered), canvas_registered)


@pytest.fixture
def secrets_logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Collect what any logger says, and complain about tokens in it."""
    caplog.set_level(logging.DEBUG)
    found: list[str] = []
    yield found
    for record in caplog.records:
        assert "eyJ" not in record.getMessage()
        assert not any(secret in record.getMessage() for secret in found)


def asked(desk: Desk, endpoint: str) -> int:
    return desk.registered.campus.traffic.count(endpoint)


def error_of(desk: Desk, source: str = "roster") -> str:
    return desk.state(source).error or ""


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost:{port}/memberships",
        "https://127.0.0.1:{port}/memberships",
        "https://[::1]:{port}/memberships",
        "http://127.0.0.1:{port}/memberships",
        "http://lms.example/memberships",
        "ftp://127.0.0.1/memberships",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "memberships",
    ],
)
def test_d06_a_service_that_is_not_where_the_platform_is(desk: Desk, url: str) -> None:
    """SSRF: no request leaves; an alert for the operator."""
    port = desk.registered.campus.base_url.rsplit(":", 1)[1]
    desk.context.memberships_url = url.format(port=port)
    desk.context.lineitems_url = url.format(port=port)

    report = desk.sync()

    assert not report.ok
    assert "--frame-origin" in error_of(desk, "roster")
    assert "--frame-origin" in error_of(desk, "results")
    assert asked(desk, "memberships") == asked(desk, "lineitems") == 0


def test_d06_a_line_item_on_another_host_gets_no_token(desk: Desk) -> None:
    def move(rows: object) -> object:
        assert isinstance(rows, list)
        return [{**rows[0], "id": "https://elsewhere.example/8"}, *rows[1:]]

    desk.registered.campus.faults.on("lineitems", changed(move))

    report = desk.sync()

    assert report.sources[1].tally.as_json()["dropped"] == {"item on another host": 1}
    assert asked(desk, "results") == 1


def many(desk: Desk, number: int) -> None:
    campus, course = desk.registered.campus, desk.registered.cast.course
    for _ in range(number):
        person = campus.add_person(Person(given_name="Learner"))
        campus.enrol(Enrolment(course=course.number, person=person.number))


def test_d07_a_next_page_on_another_host(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: stop; the token goes nowhere else."""
    elsewhere = next_link("http://elsewhere.example/names_and_roles?page=2")
    canvas_desk.registered.campus.faults.on("memberships", elsewhere)

    assert not canvas_desk.sync().ok
    assert "another host" in error_of(canvas_desk)
    assert asked(canvas_desk, "memberships") == 1


def test_d07_a_next_page_that_was_already_read(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: stop at the circle."""
    url = canvas_desk.context.memberships_url or ""
    canvas_desk.registered.campus.faults.on("memberships", next_link(url))

    assert not canvas_desk.sync().ok
    assert "circle" in error_of(canvas_desk)
    assert asked(canvas_desk, "memberships") == 2


def test_d07_pages_without_an_end(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: there is a last page we read, and it is the thousandth."""
    endless = endless_pages(canvas_desk.context.memberships_url or "")
    canvas_desk.registered.campus.faults.on(
        "memberships", lambda _: endless(lambda: jsonify(members=[]))
    )

    assert not canvas_desk.sync().ok
    assert "no end" in error_of(canvas_desk)
    assert asked(canvas_desk, "memberships") == 1_000


def test_d07_pages_that_take_all_day(canvas_desk: Desk, clock: Clock) -> None:
    """A walk ends after a quarter of an hour, however many pages are left."""

    def later(body: object) -> object:
        clock.advance(timedelta(minutes=6))
        return body

    many(canvas_desk, 200)
    canvas_desk.registered.campus.faults.on("memberships", changed(later))

    assert not canvas_desk.sync().ok
    assert asked(canvas_desk, "memberships") == 3


def test_d07_capitals_in_a_next_page_matter(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: addresses are opaque; Canvas's bookmarks have capitals."""
    many(canvas_desk, 60)

    assert canvas_desk.sync().ok
    urls = [
        served.url
        for served in canvas_desk.registered.campus.traffic.requests("memberships")
    ]
    assert len(urls) == 2
    assert urls[1] != urls[1].lower()


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
    desk.sync()
    desk.sync()
    assert asked(desk, "token") == 2  # one for the roster, one for the grades

    clock.advance(timedelta(minutes=59))
    desk.sync()
    assert asked(desk, "token") == 4


def test_d08_a_refused_token_is_replaced_once(desk: Desk) -> None:
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
    session.execute(sa.update(Registration).values(audience="https://aud.example"))

    desk.sync()

    request = desk.registered.campus.traffic.requests("token")[0]
    assertion = parse_qs(request.body.decode())["client_assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert claims["aud"] == "https://aud.example"


def test_d09_a_token_of_one_registration_is_never_used_for_another(
    desk: Desk, session: Session, served: str
) -> None:
    """Two tenants of one issuer: each asks for itself."""
    campus = desk.registered.campus
    other_tool = campus.add_tool(Tool.at(served, "laurel-2"))
    own = desk.registered.registration
    other = Registration(
        tenant_id=own.tenant_id,
        issuer=own.issuer,
        client_id="laurel-2",
        auth_login_url=own.auth_login_url,
        token_url=own.token_url,
        jwks_url=own.jwks_url,
        family=own.family,
        frame_origins=own.frame_origins,
        created_at=own.created_at,
    )
    session.add(other)
    session.commit()
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


def test_d10_a_scope_that_was_taken_away(desk: Desk, clock: Clock) -> None:
    """The token's scopes are the platform's word; a clear no is left for a day."""

    def without_nrps(body: object) -> object:
        assert isinstance(body, dict)
        kept = [scope for scope in body["scope"].split() if scope != NRPS]
        return {**body, "scope": " ".join(kept)}

    desk.registered.campus.faults.on("token", changed(without_nrps))

    report = desk.sync()

    assert "contextmembership.readonly" in error_of(desk)
    assert "administrator" in error_of(desk)
    assert report.sources[1].error is None
    assert asked(desk, "memberships") == 0
    assert desk.state("roster").next_attempt_at == clock() + timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "advice"), [(403, "administrator"), (404, "Open the tool"), (400, "400")]
)
def test_d10_a_service_that_says_no(desk: Desk, code: int, advice: str) -> None:
    desk.registered.campus.faults.on("memberships", status(code, "a secret reason"))

    desk.sync()

    assert advice in error_of(desk)
    assert "secret" not in json.dumps([error_of(desk), desk.state("roster").counts])


def test_d10_a_concluded_course_of_canvas_is_left_alone(canvas_desk: Desk) -> None:
    campus, course = canvas_desk.registered.campus, canvas_desk.registered.cast.course
    canvas_desk.sync()
    facts = canvas_desk.facts()
    campus.change_course(replace(course, concluded=True))

    report = canvas_desk.sync()

    assert "if it ended, all is well" in (report.sources[1].error or "")
    assert canvas_desk.facts() == facts
