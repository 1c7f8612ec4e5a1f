"""Security table D12, F8 to F10 and F14: our keys, our sessions, our headers."""

import json
import logging
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lti.keys import KeyRing
from models import AuditEntry, KeyPair, LaunchSession, Login, PendingLaunch
from models.base import Base
from tests.conformance.stage import Stage, bearer_of
from tests.support.clock import NOW

pytestmark = pytest.mark.conformance

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def test_d12_our_key_set_is_public_cached_and_overlapping(stage: Stage) -> None:
    """6.2 to 6.4: public members alone; the previous key for a day longer."""
    clock, browser = stage.app.extensions["clock"], stage.browser()
    first = browser.get("/lti/jwks.json")
    runner = stage.app.test_cli_runner()

    rotated = runner.invoke(args=["keys", "rotate"])
    both = browser.get("/lti/jwks.json").get_json()["keys"]
    clock.advance(timedelta(days=1, minutes=1))
    later = browser.get("/lti/jwks.json").get_json()["keys"]

    (old,) = first.get_json()["keys"]
    assert (first.status_code, rotated.exit_code) == (200, 0)
    assert first.headers["Cache-Control"] == "public, max-age=600"
    assert set(old) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (old["kty"], old["alg"], old["use"]) == ("RSA", "RS256", "sig")
    assert [key["kid"] for key in both] == [later[0]["kid"], old["kid"]]
    assert len(later) == 1
    assert all(not PRIVATE_MEMBERS & set(key) for key in [*both, *later])


def test_f17_private_keys_rest_encrypted(stage: Stage) -> None:
    """6.4: the private half is in no row, and opens with our keys alone."""
    config = stage.app.extensions["laurel"]
    ring = KeyRing(config.encryption_keys)

    key = ring.signing_key(stage.session, NOW)

    stored = stage.session.scalars(sa.select(KeyPair.private_key)).one()
    assert key.private.key_size == 2048
    assert "PRIVATE KEY" not in stored
    assert config.encryption_keys[0] not in repr(config)


def test_f17_a_new_key_signs_once_platforms_can_know_it(stage: Stage) -> None:
    """6.4: no service call fails because a platform keeps our key set."""
    ring = KeyRing(stage.app.extensions["laurel"].encryption_keys)
    old = ring.signing_key(stage.session, NOW).kid
    later = NOW + timedelta(days=3)
    new = ring.rotate(stage.session, later).kid

    at_once = ring.signing_key(stage.session, later).kid
    settled = ring.signing_key(stage.session, later + timedelta(minutes=10)).kid

    assert (at_once, settled) == (old, new)


def test_f08_a_token_that_was_presented_is_never_adopted(stage: Stage) -> None:
    """Every launch has a new token; none that is sent along becomes one."""
    known = bearer_of(stage.launch())
    begun = stage.begin()
    form = {"id_token": stage.token(begun), "state": begun.state, "token": known}
    headers = {"Authorization": f"Bearer {known}", "Cookie": f"session={known}"}

    answer = begun.browser.post("/lti/launch", data=form, headers=headers)
    fresh = bearer_of(answer)

    assert (answer.status_code, fresh == known, len(fresh)) == (200, False, 43)
    hashes = stage.session.scalars(sa.select(LaunchSession.token_hash)).all()
    assert len(set(hashes)) == 2
    assert not {known, fresh} & set(hashes)
    for bogus in ("x" * 43, "", "Bearer", known[:-1]):
        entered = stage.browser().get(
            "/panel/overview", headers={"Authorization": f"Bearer {bogus}"}
        )
        assert entered.status_code == 401


def test_f08_only_the_authorization_header_counts(stage: Stage) -> None:
    """A cookie or a parameter could be sent by somebody else's page (F6)."""
    token, browser = bearer_of(stage.launch()), stage.browser()
    for name in ("token", "session", "Authorization", "access_token"):
        browser.set_cookie(name, token)

    by_cookie = browser.get("/panel/overview")
    by_query = browser.get(f"/panel/overview?token={token}&access_token={token}")
    by_header = browser.get(
        "/panel/overview", headers={"Authorization": f"Bearer {token}"}
    )

    answers = (by_cookie, by_query, by_header)
    assert [answer.status_code for answer in answers] == [401, 401, 200]


def test_f08_a_launch_leaves_no_cookie_behind(stage: Stage) -> None:
    """After the launch everything lives by the bearer; the proofs are taken back."""
    answer = stage.launch()

    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("Max-Age=0" in cookie for cookie in cookies)


def test_f09_nothing_sends_a_browser_to_where_a_parameter_says(stage: Stage) -> None:
    """No redirect at all: not by the login, not by a launch, not by a refusal."""
    elsewhere = "https://evil.example/steal"
    extra = dict.fromkeys(("return_url", "next", "redirect_uri", "url"), elsewhere)
    form = {**stage.login_form(), **extra}

    login = stage.browser().post("/lti/login", data=form)
    launched = stage.launch(
        changes={
            "https://purl.imsglobal.org/spec/lti/claim/launch_presentation": {
                "return_url": "javascript:alert(1)"
            }
        }
    )
    refused = stage.browser().post("/lti/launch", data=extra)

    for answer, status in ((login, 200), (launched, 200), (refused, 401)):
        assert answer.status_code == status
        assert "Location" not in answer.headers
        assert "evil.example" not in answer.get_data(as_text=True)
        assert "javascript:" not in answer.get_data(as_text=True)


def test_f10_no_token_in_any_row_log_or_address(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing that was kept holds an id_token, a bearer, a state or a private key."""
    caplog.set_level(logging.DEBUG)
    begun = stage.begin()
    token = stage.token(begun)
    opened = stage.post(begun, token)
    stage.post(begun, token)
    stage.launch(changes={"exp": 0})
    held = stage.begin()
    stage.post(held, stage.token(held), browser=stage.browser())

    kept = caplog.text + dump_of(stage)

    bearer = bearer_of(opened)
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert bearer not in kept
    assert re.findall(r"eyJ|PRIVATE KEY|Bearer ", kept) == []
    assert begun.state not in caplog.text
    assert len(stage.audit()) == 2


def dump_of(stage: Stage) -> str:
    """Return every row of every table, as text."""
    stage.session.rollback()
    tables = Base.metadata.sorted_tables
    assert {Login.__tablename__, PendingLaunch.__tablename__} <= {
        t.name for t in tables
    }
    rows = (stage.session.execute(sa.select(table)).all() for table in tables)
    return json.dumps([repr(row) for found in rows for row in found])


def test_f14_headers_of_every_answer(stage: Stage) -> None:
    """nosniff, no-store, no referrer, a content policy without unsafe-inline."""
    token, browser = bearer_of(stage.launch()), stage.browser()
    bearer = {"Authorization": f"Bearer {token}"}
    for answer in (
        stage.begin().answer,
        stage.launch(),
        stage.launch(changes={"exp": 0}),
        browser.get("/panel/overview", headers=bearer),
        browser.get("/panel/overview"),
        browser.get("/nowhere"),
        browser.get("/api/nowhere"),
        browser.post("/lti/launch", data={"x": "y" * 2_000_000}),
        browser.get("/lti/launch"),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "X-Frame-Options" not in answer.headers
        if answer.mimetype == "text/html":
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy


def test_f14_each_answer_has_a_nonce_of_its_own(stage: Stage) -> None:
    """A nonce is good for the scripts of one answer."""
    policies = [stage.begin().answer.headers["Content-Security-Policy"] for _ in "ab"]
    page = stage.begin().answer

    (nonce,) = re.findall(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])

    assert policies[0] != policies[1]
    assert page.get_data(as_text=True).count(f'nonce="{nonce}"') == 2


def test_f14_no_other_origin_may_read_us_and_trace_is_off(stage: Stage) -> None:
    """CORS is closed; TRACE is no method of ours; HEAD is."""
    evil, browser = {"Origin": "https://evil.example"}, stage.browser()
    for path in ("/lti/login", "/lti/jwks.json", "/api/v1/me", "/panel/overview"):
        for method in ("GET", "OPTIONS"):
            answer = browser.open(path, method=method, headers=evil)
            assert "Access-Control-Allow-Origin" not in answer.headers

        assert browser.open(path, method="TRACE").status_code == 405
    assert browser.head("/lti/jwks.json").status_code == 200


def test_f14_errors_are_plain_pages_and_problems(stage: Stage) -> None:
    """404, 405 and 413 have an error id; under /api they are problems (RFC 9457)."""
    browser = stage.browser()
    for path, method, status in (
        ("/nowhere", "GET", 404),
        ("/lti/jwks.json", "DELETE", 405),
        ("/lti/launch", "GET", 405),
    ):
        page = browser.open(path, method=method)
        assert (page.status_code, page.mimetype) == (status, "text/html")
        assert "Number <samp>" in page.get_data(as_text=True)
        assert "Traceback" not in page.get_data(as_text=True)

    problem = browser.get("/api/nowhere")
    assert problem.content_type == "application/problem+json"
    assert set(problem.get_json()) >= {"type", "title", "status", "error_id"}
    assert problem.get_json()["status"] == 404
    assert stage.session.scalars(sa.select(AuditEntry)).all() == []


def test_a_service_address_elsewhere_is_not_kept_and_raises_an_alert(
    stage: Stage,
) -> None:
    """D6: a signed launch must not make us call hosts that were never registered."""
    ags = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
    nrps = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    stage.launch()
    known = course_urls(stage)

    for bad in (
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:22/",
        "file:///etc/passwd",
        "https://elsewhere.example/api",
        stage.registered.campus.base_url.replace("http://", "http://user@"),
        "javascript:alert(1)",
    ):
        changes = {ags: {"lineitems": bad}, nrps: {"context_memberships_url": bad}}
        assert stage.launch(changes=changes).status_code == 200
        assert course_urls(stage) == known, bad

    assert len(stage.audit()) == 2 * 6
    assert {entry.action for entry in stage.audit()} == {"service_address_refused"}
    assert "169.254" not in json.dumps([entry.details for entry in stage.audit()])


def course_urls(stage: Stage) -> tuple[str | None, str | None]:
    (member,) = stage.members()
    return member.context.memberships_url, member.context.lineitems_url
