"""What becomes of an invitation: used, or given back."""

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import empty, html, status
from campus.state import Campus
from models import Deployment, Registration
from tests.support.inviting import answer_with, configured, is_open, rows, the_row
from tests.support.registering import an_invitation, paste


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
    "named",
    [
        "https://victim.example/token",
        "HTTPS://victim.example",
        "x://y",
        "://",
        "an-audience",
    ],
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


def test_an_audience_of_the_platforms_own_is_kept(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    audience = f"{campus.base_url}/an/audience"
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
