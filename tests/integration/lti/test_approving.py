"""Who lets a platform in: what they are shown, told and held to."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import AuditEntry, Tenant
from tests.factories import a_registration

DEPLOYMENT = {"deployment": "6:y"}


def flask(app: OpenAPI, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["platform", *words])


def test_hosts_elsewhere_are_shown_with_the_one_that_names_them(
    app: OpenAPI, session: Session
) -> None:
    row = a_registration(session, state="pending")
    row.token_url = row.token_url.replace("lms.", "own.")
    row.unproven_hosts = ["lms.example"]
    session.commit()

    refused = flask(app, "approve", row.public_id)

    assert refused.exit_code == 1
    assert "Besides own.example it names" in refused.output
    assert "under its own: lms.example." in refused.output


def test_an_operators_decisions_are_in_the_audit(
    app: OpenAPI, session: Session
) -> None:
    known = a_registration(session).public_id
    session.commit()

    flask(app, "invite", "--tenant", "acme", "--internal-host", "lms.school.local")
    flask(app, "disable", known)
    flask(app, "approve", known)
    flask(app, "deployment", "approve", known, "6:y")
    flask(app, "deployment", "disable", known, "6:y")

    notes = sa.select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id)
    (invited, off, on, placed, shut) = session.execute(notes)
    assert (invited.action, invited.details["tenant"]) == ("platform_invited", "acme")
    assert invited.details["internal_hosts"] == ["lms.school.local"]
    assert (off.action, off.details) == ("platform_disabled", {"was": "active"})
    assert (on.action, on.details["was"]) == ("platform_approved", "disabled")
    assert (placed.action, placed.details) == ("deployment_approved", DEPLOYMENT)
    assert (shut.action, shut.details) == ("deployment_disabled", DEPLOYMENT)


def test_a_client_id_that_another_host_knows_is_told(
    app: OpenAPI, session: Session
) -> None:
    twin = a_registration(session, client_id="10000000000001").public_id
    session.commit()

    home = "https://other.example"
    words = ("--tenant", "acme", "--issuer", home, "--client-id", "10000000000001")
    urls = ("--auth-login-url", home, "--token-url", home, "--jwks-url", home)
    added = flask(app, "add", *words, *urls)

    assert added.exit_code == 0
    assert f"is also ours at {twin} (" in added.stderr


@pytest.mark.parametrize(
    ("environment", "tenant", "said"),
    [
        (False, False, "set GAMIFICATION_ENABLED=true"),
        (False, True, "set GAMIFICATION_ENABLED=true"),
        (True, False, "`flask gamification enable --tenant "),
        (True, True, None),
    ],
)
def test_approving_names_the_next_switch(
    app: OpenAPI,
    session: Session,
    *,
    environment: bool,
    tenant: bool,
    said: str | None,
) -> None:
    app.extensions["laurel"] = replace(
        app.extensions["laurel"], gamification_enabled=environment
    )
    public_id = a_registration(session, state="pending").public_id
    session.execute(sa.update(Tenant).values(enabled=tenant))
    session.commit()

    result = flask(app, "approve", public_id)

    assert result.stdout.endswith(f"{public_id} is active\n")
    assert result.stderr == "" if said is None else said in result.stderr
