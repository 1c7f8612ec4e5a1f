"""A platform whose own address has changed: everything of it follows."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import AuditEntry, Registration
from tests.factories import a_registration
from tests.support.clock import NOW


def move(app: OpenAPI, public_id: str, issuer: str) -> Result:
    command = ["platform", "move", public_id, issuer]
    return app.test_cli_runner().invoke(args=command)


def the_row(session: Session) -> Registration:
    session.rollback()
    return session.scalars(sa.select(Registration)).one()


@pytest.fixture
def known(session: Session) -> str:
    row = a_registration(session, state="active")
    row.key_set, row.key_set_fetched_at = {"keys": []}, NOW
    row.frame_origins = ["https://lms.example", "https://other.example"]
    row.learned_origins = ["https://lms.example"]
    row.internal_hosts = ["lms.example"]
    public_id = row.public_id
    session.commit()
    return public_id


def test_every_address_of_it_follows(
    app: OpenAPI, session: Session, known: str
) -> None:
    moved = move(app, known, "https://new.example/school/")

    row = the_row(session)
    called = (row.auth_login_url, row.token_url, row.jwks_url)
    assert moved.exit_code == 0
    assert "issuer         https://new.example/school" in moved.output
    assert row.issuer == "https://new.example/school"
    assert all(url.startswith("https://new.example/school/") for url in called)
    assert row.frame_origins == ["https://new.example", "https://other.example"]
    assert row.learned_origins == ["https://new.example"]
    assert row.internal_hosts == ["new.example"]


def test_it_goes_on_and_its_old_keys_do_not(
    app: OpenAPI, session: Session, known: str
) -> None:
    before = the_row(session).token_url

    move(app, known, "https://new.example")

    row = the_row(session)
    note = sa.select(AuditEntry.details).filter_by(action="platform_moved")
    assert row.state == "active"
    assert (row.key_set, row.key_set_fetched_at) == (None, None)
    (details,) = session.scalars(note)
    assert details["replaced"]["issuer"] == "https://lms.example"
    assert details["replaced"]["token_url"] == before


@pytest.mark.parametrize("issuer", ["http://new.example", "new.example", ""])
def test_an_address_that_is_none_moves_nothing(
    app: OpenAPI, session: Session, known: str, issuer: str
) -> None:
    refused = move(app, known, issuer)

    assert refused.exit_code == 1
    assert "is not an https address" in refused.output
    assert the_row(session).issuer == "https://lms.example"


def test_a_platform_that_is_called_elsewhere_registers_anew(
    app: OpenAPI, session: Session, known: str
) -> None:
    row = the_row(session)
    row.jwks_url = "https://sso.example/jwks"
    session.commit()

    refused = move(app, known, "https://new.example")

    assert refused.exit_code == 1
    assert "platform invite --update" in refused.output
    assert the_row(session).token_url.startswith("https://lms.example/")


def test_nobody_unknown_moves(app: OpenAPI, session: Session, known: str) -> None:
    refused = move(app, "nobody", "https://new.example")

    assert refused.exit_code == 1
    assert "There is no registration nobody" in refused.output
