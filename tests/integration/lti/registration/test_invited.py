"""What becomes of an invitation: used, given back, or used to renew."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Response
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import empty, html, status
from campus.state import Campus
from models import AuditEntry, Deployment, Invitation, Registration
from tests.factories import a_deployment
from tests.support.clock import NOW, Clock
from tests.support.inviting import configured, rows
from tests.support.platform import a_campus
from tests.support.registering import an_invitation, paste


@pytest.fixture(params=["moodle", "canvas"])
def platform(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Campus]:
    with a_campus(request.param, clock) as campus:
        yield campus


def the_row(session: Session) -> Registration:
    session.rollback()
    return session.scalars(sa.select(Registration)).one()


def is_open(session: Session) -> bool:
    session.rollback()
    last = sa.select(Invitation).order_by(Invitation.id.desc()).limit(1)
    return session.scalars(last).one().used_at is None


def answer_with(campus: Campus, client_id: str, **more: str | None) -> None:
    """Let the campus know us by this client id, whatever it made up."""

    def fault(_honest: object) -> Response:
        return Response(json.dumps({"client_id": client_id, **more}))

    campus.faults.on("register", fault)


def approve(app: OpenAPI, row: Registration) -> None:
    app.test_cli_runner().invoke(args=["platform", "approve", row.public_id])


@pytest.mark.parametrize("endpoint", ["configuration", "register"])
def test_an_invitation_of_which_nothing_came_is_good_again(
    app: OpenAPI, campus: Campus, session: Session, endpoint: str
) -> None:
    secret = an_invitation(app)
    campus.faults.on(endpoint, status(500), times=1)

    refused = paste(app, campus, secret)
    open_between = is_open(session)
    accepted = paste(app, campus, secret)

    assert (refused.status_code, open_between) == (400, True)
    assert (accepted.status_code, is_open(session)) == (200, False)


@pytest.mark.parametrize("fault", [html, empty])
def test_an_invitation_is_used_up_where_the_platform_may_know_us(
    app: OpenAPI, campus: Campus, session: Session, fault: object
) -> None:
    campus.faults.on("register", fault(), times=1)  # type: ignore[operator] # each makes a fault

    refused = paste(app, campus, an_invitation(app))

    assert (refused.status_code, is_open(session)) == (400, False)
    session.rollback()
    assert session.scalars(sa.select(Registration)).all() == []


@pytest.mark.parametrize(
    "named", ["https://victim.example/token", "HTTPS://victim.example", "x://y", "://"]
)
def test_nobody_is_sent_what_we_sign_for_another_platform(
    app: OpenAPI, campus: Campus, session: Session, named: str
) -> None:
    """A token request's audience is the platform's own."""
    configured(campus, authorization_server=named)

    answer = paste(app, campus, an_invitation(app))

    assert answer.status_code == 400
    assert "not there" in answer.get_data(as_text=True)
    assert campus.traffic.requests("register") == ()
    assert (rows(session), is_open(session)) == ([], True)


@pytest.mark.parametrize("named", ["{own}/an/audience", "an-audience"])
def test_an_audience_of_the_platforms_own_is_kept(
    app: OpenAPI, campus: Campus, session: Session, named: str
) -> None:
    audience = named.format(own=campus.base_url)
    configured(campus, authorization_server=audience)

    paste(app, campus, an_invitation(app))

    assert the_row(session).audience == audience


def test_opening_an_invitation_in_a_browser_uses_nothing_up(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    secret = an_invitation(app)

    looked_at = app.test_client().get(f"/lti/register/{secret}")

    assert looked_at.status_code == 400
    assert "Manage tools" in looked_at.get_data(as_text=True)
    assert paste(app, platform, secret).status_code == 200


def test_the_page_may_be_framed_by_the_platform_and_acts_on_nothing(
    app: OpenAPI, campus: Campus
) -> None:
    answer = paste(app, campus, an_invitation(app))

    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {campus.base_url}" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<form" not in answer.get_data(as_text=True)


def test_a_renewal_changes_its_own_registration_and_waits_again(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    public_id, client_id, old = row.public_id, row.client_id, row.token_url
    row.token_url = f"{platform.base_url}/moved"
    session.commit()
    approve(app, row)
    answer_with(platform, client_id)

    answer = paste(app, platform, an_invitation(app, "--update", public_id))

    row = the_row(session)
    (_, asked) = platform.traffic.requests("register")
    assert answer.status_code == 200
    assert (row.public_id, row.state, row.token_url) == (public_id, "pending", old)
    assert f"/lti/login/{public_id}" in asked.body.decode()


def test_keys_of_another_address_are_forgotten(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """They were the platform's where it was before, perhaps not any more."""
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    public_id, client_id = row.public_id, row.client_id
    row.jwks_url = f"{platform.base_url}/moved"
    row.key_set, row.key_set_fetched_at = {"keys": []}, NOW
    session.commit()
    answer_with(platform, client_id)

    paste(app, platform, an_invitation(app, "--update", public_id))

    row = the_row(session)
    assert row.jwks_url == platform.endpoints.jwks
    assert (row.key_set, row.key_set_fetched_at) == (None, None)


def test_a_renewal_that_says_the_same_need_not_wait(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    public_id, client_id, uri = row.public_id, row.client_id, row.client_uri
    session.rollback()
    approve(app, row)
    answer_with(platform, client_id, registration_client_uri=uri)

    page = paste(app, platform, an_invitation(app, "--update", public_id))

    assert the_row(session).state == "active"
    assert "registered as before" in page.get_data(as_text=True)
    assert "flask platform approve" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "value"), [("family", "other"), ("client_uri", "https://lms.example/us")]
)
def test_another_product_or_place_of_ours_waits_and_the_old_one_is_noted(
    app: OpenAPI, campus: Campus, session: Session, name: str, value: str
) -> None:
    paste(app, campus, an_invitation(app))
    row = the_row(session)
    public_id, client_id = row.public_id, row.client_id
    setattr(row, name, value)
    row.state = "active"
    session.commit()
    uri = None if name == "client_uri" else row.client_uri
    answer_with(campus, client_id, registration_client_uri=uri)

    paste(app, campus, an_invitation(app, "--update", public_id))

    changes = sa.select(AuditEntry.details).filter_by(action="platform_changed")
    assert the_row(session).state == "pending"
    assert session.scalars(changes).all() == [{"replaced": {name: value}}]


@pytest.mark.parametrize("known", [None, "active", "disabled"])
def test_a_place_that_a_renewal_names_is_let_in_by_the_operator_alone(
    app: OpenAPI, campus: Campus, session: Session, known: str | None
) -> None:
    paste(app, campus, an_invitation(app))
    row = the_row(session)
    public_id, client_id = row.public_id, row.client_id
    if known:
        a_deployment(session, registration=row, lti_id="5:x", state=known)
    session.commit()
    answer_with(campus, client_id, deployment_id="5:x")

    paste(app, campus, an_invitation(app, "--update", public_id))

    session.rollback()
    states = sa.select(Deployment.state).filter_by(lti_id="5:x")
    assert session.scalars(states).all() == [known or "pending"]


def test_a_tool_that_was_made_anew_takes_its_registration_over(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """Neither product gives the same client id twice."""
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    public_id, client_id = row.public_id, row.client_id
    row.granted_scopes = []
    session.commit()
    approve(app, row)

    answer = paste(app, platform, an_invitation(app, "--update", public_id))

    row = the_row(session)
    changes = sa.select(AuditEntry.details).filter_by(action="platform_changed")
    (change,) = session.scalars(changes)
    assert (answer.status_code, row.public_id) == (200, public_id)
    assert (row.state, row.granted_scopes) == ("pending", None)
    assert row.client_id != client_id
    assert change["replaced"]["client_id"] == client_id


def test_another_platform_renews_nothing_and_is_told_nothing(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    row.issuer = "https://other.example"
    session.commit()
    public_id, client_id = row.public_id, row.client_id
    session.rollback()

    answer = paste(app, platform, an_invitation(app, "--update", public_id))

    assert answer.status_code == 400
    assert "https://other.example" in answer.get_data(as_text=True)
    assert len(platform.traffic.requests("register")) == 1
    assert (the_row(session).client_id, is_open(session)) == (client_id, True)


@pytest.mark.parametrize("state", [None, "pending"])
def test_a_place_that_nobody_let_in_is_a_step_more(
    app: OpenAPI, campus: Campus, session: Session, state: str | None
) -> None:
    answer_with(campus, "client-7", deployment_id=None if state else "5:x")

    page = paste(app, campus, an_invitation(app)).get_data(as_text=True)

    line = f"flask platform deployment approve {the_row(session).public_id}"
    assert (line in page) == ("three steps" in page) == (state is not None)


def test_a_platform_that_names_no_deployment_waits_for_its_first_launch(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    answer_with(campus, "client-7")

    paste(app, campus, an_invitation(app))

    row = the_row(session)
    assert (row.client_id, row.deployments) == ("client-7", "listed")
    assert session.scalars(sa.select(Deployment)).all() == []


def test_a_platform_within_is_called_there_by_the_operators_word_alone(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    paste(app, campus, an_invitation(app, "--internal-host", "lms.school.local"))

    assert the_row(session).internal_hosts == ["lms.school.local"]
