from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import ApiKey, AuditEntry, Context
from tests.factories import a_tenant
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller

Run = Callable[..., Result]


@pytest.fixture
def run(app: OpenAPI, session: Session, course: Context) -> Run:
    course.tenant.key = "acme"
    a_tenant(session, key="other")
    session.commit()

    def run(*words: str, tenant: str = "acme") -> Result:
        args = ["api-key", *words, "--tenant", tenant]
        return app.test_cli_runner().invoke(args=args)

    return run


def made(run: Run, *words: str) -> tuple[str, str]:
    result = run("create", "--name", "sis", "--permission", "courses:read", *words)
    assert result.exit_code == 0, result.output
    key, secret = result.stdout.splitlines()[0].split(" ")
    return key, secret


def test_a_key_that_was_made_opens_the_api_and_is_shown_once(
    run: Run, client: FlaskClient, course: Context
) -> None:
    key, secret = made(run, "--permission", "people:read")

    listed = run("list").stdout

    program = Caller(client, secret, course.public_id)
    assert program.get(f"{program.course}/members").status_code == 200
    assert secret not in listed
    assert listed == (
        f"{key} open sis courses:read,people:read until 2027-11-22 used never\n"
    )
    assert run("list", tenant="other").stdout == ""


def test_a_key_that_was_revoked_is_over(
    run: Run, client: FlaskClient, session: Session, course: Context
) -> None:
    key, secret = made(run)

    elsewhere = run("revoke", key, tenant="other")
    revoked = run("revoke", key)
    again = run("revoke", key)

    program = Caller(client, secret, course.public_id)
    assert elsewhere.exit_code == 1
    assert "flask api-key list --tenant other" in elsewhere.output
    assert revoked.stdout == f"{key} revoked\n"
    assert again.stdout == f"{key} was over already\n"
    assert program.get(f"{program.course}/badges").status_code == 401
    assert " revoked sis " in run("list").stdout
    actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))
    assert list(actions) == ["api_key_created", "api_key_revoked"]


def test_a_key_is_replaced_and_the_old_one_opens_for_a_day(
    run: Run, client: FlaskClient, course: Context, clock: Clock
) -> None:
    key, _ = made(run)

    rotated = run("rotate", key, "--days", "10")
    _, secret = rotated.stdout.splitlines()[0].split(" ")
    clock.advance(timedelta(days=1))
    late = run("rotate", key)

    program = Caller(client, secret, course.public_id)
    assert f"{key} opens until" in rotated.stdout
    assert program.get(f"{program.course}/badges").status_code == 200
    assert (late.exit_code, "make a new one" in late.output) == (1, True)
    assert [line.split()[1] for line in run("list").stdout.splitlines()] == [
        "open",
        "revoked",
    ]
    clock.advance(timedelta(days=9))
    assert run("list").stdout.split()[1] == "expired"


def test_a_key_lasts_as_many_days_as_are_asked_for(run: Run, session: Session) -> None:
    made(run, "--days", "7")

    key = session.scalars(sa.select(ApiKey)).one()

    assert key.expires_at == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--name", "x", "--permission", "all"), "people:read"),
        (("--name", " ", "--permission", "courses:read"), "1 to 64 characters"),
        (("--name", "x" * 65, "--permission", "courses:read"), "1 to 64 characters"),
        (("--name", "x"), "Missing option '--permission'"),
        (("--name", "x", "--permission", "courses:read", "--days", "0"), "1<=x<=1095"),
    ],
)
def test_what_cannot_be_a_key_is_refused(
    words: tuple[str, ...], said: str, run: Run, session: Session
) -> None:
    result = run("create", *words)

    assert result.exit_code == 2
    assert said in result.output
    assert session.scalars(sa.select(ApiKey)).all() == []


def test_a_tenant_that_is_not_there_is_told_with_those_that_are(run: Run) -> None:
    result = run("list", tenant="nowhere")

    assert result.exit_code == 2
    assert "acme" in result.output
