"""A platform whose own address has changed: everything of it follows."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import AuditEntry, Context, ItemSource, Registration, ScoreItem
from tests.factories import a_registration
from tests.support.clock import NOW
from tests.support.publishing import a_column
from tests.support.syncing import Desk


def move(app: OpenAPI, public_id: str, issuer: str, *more: str) -> Result:
    command = ["platform", "move", public_id, issuer, *more]
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
    assert "issuer         https://new.example/school/\n" in moved.output
    assert row.issuer == "https://new.example/school/"
    assert all(url.startswith("https://new.example/school/") for url in called)
    assert not any("school//" in url for url in called)
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


def addresses(session: Session) -> set[str]:
    """Return every address that courses' launches and line items told."""
    session.rollback()
    columns = (
        Context.memberships_url,
        Context.lineitems_url,
        ItemSource.external_id,
        ScoreItem.url,
    )
    found = [session.scalars(sa.select(column)).all() for column in columns]
    assert all(found)
    return {url for urls in found for url in urls if url}


@pytest.fixture(params=["desk", "canvas_desk"])
def course(request: pytest.FixtureRequest) -> Desk:
    """Return a course, once of each shape."""
    desk: Desk = request.getfixturevalue(request.param)
    return desk


def test_its_courses_keep_their_items_and_nothing_counts_twice(course: Desk) -> None:
    desk = course
    a_column(desk)
    desk.sync()
    facts, told = desk.facts(), addresses(desk.session)
    row = the_row(desk.session)
    public_id, home = row.public_id, row.issuer
    desk.session.rollback()

    away = move(desk.app, public_id, "https://new.example")
    elsewhere = addresses(desk.session)
    back = move(desk.app, public_id, home)
    desk.sync()

    assert (away.exit_code, back.exit_code) == (0, 0), away.output + back.output
    assert all(url.startswith("https://new.example/") for url in elsewhere)
    assert facts
    assert (desk.facts(), addresses(desk.session)) == (facts, told)


@pytest.mark.parametrize(
    "issuer",
    ["http://new.example", "new.example", "", f"https://new.example/{'x' * 500}"],
)
def test_an_address_that_is_none_moves_nothing(
    app: OpenAPI, session: Session, known: str, issuer: str
) -> None:
    refused = move(app, known, issuer)

    assert refused.exit_code == 1
    assert "is not an https address" in refused.output
    assert the_row(session).issuer == "https://lms.example"


def test_an_address_that_would_be_too_long_moves_nothing(
    app: OpenAPI, session: Session, known: str
) -> None:
    row = the_row(session)
    row.token_url = f"https://lms.example/{'x' * 900}"
    session.commit()

    refused = move(app, known, f"https://new.example/{'y' * 200}")

    assert refused.exit_code == 1
    assert "too long" in refused.output
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


def test_a_move_that_leaves_a_client_id_at_two_hosts_is_to_be_accepted(
    app: OpenAPI, session: Session, known: str
) -> None:
    twin = a_registration(session, client_id=the_row(session).client_id)
    session.commit()
    twin_id = twin.public_id
    session.rollback()

    refused = move(app, known, "https://new.example")
    before = session.scalars(sa.select(Registration).filter_by(public_id=known)).one()
    assert (refused.exit_code, before.issuer) == (1, "https://lms.example")
    assert twin_id in refused.output
    session.rollback()

    accepted = move(app, known, "https://new.example", "--accept-same-client")
    assert accepted.exit_code == 0


def test_nobody_unknown_moves(app: OpenAPI, session: Session, known: str) -> None:
    refused = move(app, "nobody", "https://new.example")

    assert refused.exit_code == 1
    assert "There is no registration nobody" in refused.output
