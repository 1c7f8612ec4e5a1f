"""`flask audit verify`: a chain that holds, and one that was tampered with."""

import re

import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from lti import audit
from models import Tenant
from tests.factories import a_context, a_tenant
from tests.integration.gamification.conftest import Flask
from tests.support.clock import NOW
from tests.support.sealing import decisions, seal, tamper

FORGED = "f" * 64
WAS_CHANGED = "entry 2 was changed, or its seal is another's."
SWAPPED = (
    "UPDATE {table} SET {column} = -1 WHERE {column} = 2",
    "UPDATE {table} SET {column} = 2 WHERE {column} = 3",
    "UPDATE {table} SET {column} = 3 WHERE {column} = -1",
)


@pytest.fixture
def sealed(app: OpenAPI, session: Session) -> Tenant:
    """Return an organisation whose four decisions are sealed."""
    tenant = a_tenant(session, key="botany")
    a_context(session)
    decisions(session, tenant, "a", "b", "c", "d")
    seal(app)
    return tenant


def head(flask: Flask) -> str:
    return flask("audit", "verify").output.strip().rpartition("head=")[2]


def swapped(table: str, column: str) -> tuple[str, ...]:
    return tuple(one.format(table=table, column=column) for one in SWAPPED)


def changed(column: str, value: str) -> str:
    return f"UPDATE audit_entry SET {column} = {value} WHERE id = 2"  # noqa: S608 -- our own words


def resealed(column: str, value: str) -> str:
    return f"UPDATE audit_seal SET {column} = {value} WHERE position = 2"  # noqa: S608 -- our own words


def test_a_chain_that_holds_is_told_in_one_line(
    flask: Flask, session: Session, sealed: Tenant
) -> None:
    decisions(session, sealed, "e")
    audit.note(session, "login_refused", NOW)
    session.commit()

    result = flask("audit", "verify")

    assert result.exit_code == 0
    assert re.fullmatch(r"sealed=4 unsealed=1 head=[0-9a-f]{64}\n", result.stdout)


def test_an_audit_without_a_decision_holds(flask: Flask) -> None:
    result = flask("audit", "verify")

    assert result.stdout == f"sealed=0 unsealed=0 head={'0' * 64}\n"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ((changed("tenant_id", "NULL"),), f"2: {WAS_CHANGED}"),
        ((changed("registration_id", "1"),), f"2: {WAS_CHANGED}"),
        ((changed("context_id", "1"),), f"2: {WAS_CHANGED}"),
        (
            (changed("happened_at", "'2026-11-22 10:00:00.000001+00'"),),
            f"2: {WAS_CHANGED}",
        ),
        ((changed("action", "'award_granted'"),), f"2: {WAS_CHANGED}"),
        ((changed("action", "'login_refused'"),), f"2: {WAS_CHANGED}"),
        ((changed("error_id", "'x'"),), f"2: {WAS_CHANGED}"),
        (
            (changed("details", """'{"award": "b", "by": "otto"}'"""),),
            "2: the details of entry 2 were changed.",
        ),
        (
            (changed("details", "'{}'"),),
            "2: the details of entry 2 were changed.",
        ),
        (("DELETE FROM audit_entry WHERE id = 2",), "2: entry 2 was taken out."),
        (
            ("DELETE FROM audit_seal WHERE position = 2",),
            "2: its seal was taken out; the next there is has position 3.",
        ),
        (
            swapped("audit_seal", "position"),
            "2: it does not stand on position 1: the order was changed.",
        ),
        (
            swapped("audit_seal", "entry_id"),
            "2: entry 3 was changed, or its seal is another's.",
        ),
        (
            swapped("audit_entry", "id"),
            "2: the details of entry 2 were changed.",
        ),
        (
            (resealed("previous", f"'{FORGED}'"),),
            "2: it does not stand on position 1: the order was changed.",
        ),
        ((resealed("digest", f"'{FORGED}'"),), "2: the seal of entry 2 was changed."),
        (
            (resealed("entry_digest", f"'{FORGED}'"),),
            "2: the seal of entry 2 was changed.",
        ),
        (
            (resealed("sealed_at", "'2026-11-22 10:00:00.000001+00'"),),
            "2: the seal of entry 2 was changed.",
        ),
        ((resealed("details_digest", f"'{FORGED}'"),), f"2: {WAS_CHANGED}"),
        ((resealed("salt", "'0'"),), "2: the details of entry 2 were changed."),
        ((resealed("salt", "NULL"),), "2: the details of entry 2 were changed."),
        (
            ("UPDATE audit_seal SET position = 9 WHERE position = 4",),
            "4: its seal was taken out; the next there is has position 9.",
        ),
    ],
)
def test_whatever_is_tampered_with_is_found_and_named(
    flask: Flask,
    session: Session,
    sealed: Tenant,
    statements: tuple[str, ...],
    said: str,
) -> None:
    if session.get_bind().dialect.name == "sqlite":
        statements = tuple(one.replace("+00'", "'") for one in statements)
    tamper(session, *statements)

    result = flask("audit", "verify")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.endswith(f"Error: position {said}\n")


def test_what_is_noted_later_is_found_by_a_head_that_was_kept(
    app: OpenAPI, flask: Flask, session: Session, sealed: Tenant
) -> None:
    kept = head(flask)
    decisions(session, sealed, "e", "f")
    seal(app)

    result = flask("audit", "verify", "--head", kept)

    assert result.exit_code == 0
    assert result.stdout.startswith("sealed=6 unsealed=0 head=")


def test_an_end_that_was_cut_off_is_found_by_a_head_that_was_kept_alone(
    flask: Flask, session: Session, sealed: Tenant
) -> None:
    kept = head(flask)
    tamper(
        session,
        "DELETE FROM audit_seal WHERE position = 4",
        "DELETE FROM audit_entry WHERE id = 4",
    )

    alone, compared = flask("audit", "verify"), flask("audit", "verify", "--head", kept)

    assert (alone.exit_code, alone.stdout[:20]) == (0, "sealed=3 unsealed=0 ")
    assert compared.exit_code == 1
    assert compared.stderr.endswith(
        f"Error: head {kept}: the chain of 3 has no such place. Its end was cut off, all "
        "of it was written anew, or the head is another audit's.\n"
    )


def test_details_that_were_taken_out_with_their_salt_are_told_and_the_chain_holds(
    flask: Flask, session: Session, sealed: Tenant
) -> None:
    before = head(flask)
    tamper(session, changed("details", "'{}'"), resealed("salt", "NULL"))

    result = flask("audit", "verify", "--head", before)

    assert result.stdout == f"sealed=4 unsealed=0 erased=1 head={before}\n"
    assert result.exit_code == 1
    assert "nothing of Laurel takes any out" in result.stderr


def test_a_long_chain_is_read_page_by_page(
    app: OpenAPI, flask: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.verifying.PAGE", 3)
    tenant = a_tenant(session)
    decisions(session, tenant, *map(str, range(7)))
    seal(app)
    holds = flask("audit", "verify")
    tamper(session, "DELETE FROM audit_seal WHERE position = 4")

    broken = flask("audit", "verify")

    assert holds.stdout.startswith("sealed=7 ")
    assert "position 4: its seal was taken out" in broken.stderr
