"""An invitation to update: what it changes, and who has to say yes again."""

import jwt
import pytest
import sqlalchemy as sa
from flask import Response
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import Honest
from campus.state import Campus
from models import AuditEntry, Deployment
from tests.factories import a_deployment
from tests.support.clock import NOW
from tests.support.inviting import answer_with, approve, is_open, the_row
from tests.support.registering import an_invitation, paste


def test_a_renewal_changes_its_own_registration_and_waits_again(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    public_id, client_id, old = row.public_id, row.client_id, row.token_url
    row.token_url = f"{platform.base_url}/moved"
    session.commit()
    approve(app, public_id)
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
    approve(app, public_id)
    answer_with(platform, client_id, registration_client_uri=uri)

    page = paste(app, platform, an_invitation(app, "--update", public_id))

    assert the_row(session).state == "active"
    assert "registered as before" in page.get_data(as_text=True)
    assert "Nothing is left to do" in page.get_data(as_text=True)
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
    approve(app, public_id)

    answer = paste(app, platform, an_invitation(app, "--update", public_id))

    row = the_row(session)
    changes = sa.select(AuditEntry.details).filter_by(action="platform_changed")
    (change,) = session.scalars(changes)
    assert (answer.status_code, row.public_id) == (200, public_id)
    assert (row.state, row.granted_scopes) == ("pending", None)
    assert row.client_id != client_id
    assert change["replaced"]["client_id"] == client_id


def test_another_client_id_is_for_the_operator_to_accept(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """Canvas's cloud has one issuer for all schools: another could have come."""
    paste(app, platform, an_invitation(app))
    public_id, client_id = the_row(session).public_id, the_row(session).client_id
    session.rollback()
    approve(app, public_id)
    paste(app, platform, an_invitation(app, "--update", public_id))

    refused = approve(app, public_id)
    accepted = approve(app, public_id, "--accept-new-client")

    assert refused.exit_code == 1
    assert f"in the place of {client_id}" in refused.output
    assert accepted.stdout.endswith(f"{public_id} is active\n")
    assert f"client id      {the_row(session).client_id}" in accepted.stdout


def test_an_approval_while_a_renewal_is_under_way_approves_nothing_unseen(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    paste(app, campus, an_invitation(app))
    public_id = the_row(session).public_id
    session.rollback()
    approved = []

    def meanwhile(honest: Honest) -> Response:
        with app.app_context():  # we are in the campus's
            approved.append(approve(app, public_id).stdout)
        return honest()

    campus.faults.on("register", meanwhile)

    page = paste(app, campus, an_invitation(app, "--update", public_id))

    assert approved[0].endswith("is active\n")
    assert the_row(session).state == "pending"
    assert "flask platform approve" in page.get_data(as_text=True)


def test_what_the_operator_has_disabled_stays_so(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    paste(app, platform, an_invitation(app))
    row = the_row(session)
    row.state = "disabled"
    session.commit()

    paste(app, platform, an_invitation(app, "--update", row.public_id))

    assert the_row(session).state == "disabled"


def test_where_every_place_may_launch_a_renewal_names_none(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    """A known place that waits would be the only one that is shut out."""
    paste(app, campus, an_invitation(app))
    row = the_row(session)
    public_id, client_id = row.public_id, row.client_id
    row.deployments = "any"
    session.commit()
    answer_with(campus, client_id, deployment_id="5:x")

    page = paste(app, campus, an_invitation(app, "--update", public_id))

    session.rollback()
    assert session.scalars(sa.select(Deployment).filter_by(lti_id="5:x")).all() == []
    assert "deployment approve" not in page.get_data(as_text=True)


def test_a_new_place_is_a_step_more_though_the_old_one_was_let_in(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    answer_with(campus, "client-7", deployment_id="1")
    paste(app, campus, an_invitation(app))
    public_id = the_row(session).public_id
    session.rollback()
    approve(app, public_id)
    campus.faults.off("register")
    answer_with(campus, "client-8", deployment_id="2")

    page = paste(app, campus, an_invitation(app, "--update", public_id))

    assert "three steps" in page.get_data(as_text=True)
    line = f"flask platform deployment approve {public_id} 2"
    assert line in page.get_data(as_text=True)


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


def test_moodles_other_button_cuts_nobody_off(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    """Its *Update* puts the new login address into the old tool, which waits then."""
    paste(app, campus, an_invitation(app))
    update = jwt.encode({"scope": "reg-update"}, "x" * 32)

    refused = paste(app, campus, an_invitation(app), registration_token=update)

    assert refused.status_code == 400
    assert "would cut it off from its courses" in refused.get_data(as_text=True)
    assert len(campus.traffic.requests("register")) == 1
    assert the_row(session).state == "pending"
    assert is_open(session)


@pytest.mark.parametrize("token", ["", "no-token", "a.b.c"])
def test_a_token_that_is_no_jwt_is_the_platforms_to_judge(
    app: OpenAPI, campus: Campus, token: str
) -> None:
    paste(app, campus, an_invitation(app), registration_token=token)

    assert len(campus.traffic.requests("register")) == 1


@pytest.mark.parametrize("state", [None, "pending"])
def test_a_place_that_nobody_let_in_is_a_step_more(
    app: OpenAPI, campus: Campus, session: Session, state: str | None
) -> None:
    answer_with(campus, "client-7", deployment_id=None if state else "5:x")

    page = paste(app, campus, an_invitation(app)).get_data(as_text=True)

    line = f"flask platform deployment approve {the_row(session).public_id}"
    assert (line in page) == ("three steps" in page) == (state is not None)
