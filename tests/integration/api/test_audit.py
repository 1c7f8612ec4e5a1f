"""An organisation's decisions and the chain's head, as a program reads them."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.api_keys import AUDIT_READ, PERMISSIONS
from jobs.noting import note
from lti import audit
from models import AuditEntry, Context, Membership
from tests.factories import a_context
from tests.integration.api.conftest import helper_for
from tests.support.awarding import IRIS
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program, problem
from tests.support.sealing import seal
from tests.support.statements import statements

AUDIT, HEAD = "/api/v1/audit", "/api/v1/audit/head"


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    """Let a program read the audit, in which its key's making is not."""
    made = a_program(session, client, course, AUDIT_READ)
    session.execute(sa.delete(AuditEntry))
    session.commit()
    return made


def changed(session: Session, course: Context, *titles: str) -> None:
    for title in titles:
        note(session, course, "settings_changed", IRIS, NOW, {"title": title})
    session.commit()


def titles(answer: Any) -> list[str]:  # noqa: ANN401 -- an answer of the client
    return [one["details"]["title"] for one in answer.json["items"]]


def test_who_gave_an_award_is_told_with_its_place_in_the_chain(
    app: OpenAPI, session: Session, program: Caller, teacher: Caller, ada: Membership
) -> None:
    given: Any = teacher.send("POST", f"{teacher.course}/awards", helper_for(ada)).json
    before: Any = program.get(AUDIT).json
    seal(app)

    after: Any = program.get(AUDIT).json
    head: Any = program.get(HEAD).json

    course = ada.context.public_id
    entry = {
        "happened_at": "2026-11-22T10:00:00Z",
        "action": "award_granted",
        "course": course,
        "by": "iris",
        "details": {
            "award": given["id"],
            "by": "iris",
            "course": course,
            "origin": "hand",
            "role": "instructor",
        },
        "position": None,
        "digest": None,
    }
    assert before == {"items": [entry], "next": None}
    sealed = {"position": 1, "digest": head["digest"]}
    assert after == {"items": [{**entry, **sealed}], "next": None}
    assert head == {**sealed, "sealed_at": "2026-11-22T10:00:00Z"}


def test_a_chain_without_a_decision_has_a_head_too(program: Caller) -> None:
    assert program.get(HEAD).json == {
        "position": 0,
        "digest": "0" * 64,
        "sealed_at": None,
    }


def test_decisions_of_another_organisation_and_refusals_are_not_told(
    session: Session, program: Caller, course: Context
) -> None:
    changed(session, a_context(session), "Theirs")
    audit.note(session, "launch_refused", NOW, tenant_id=course.tenant_id)
    audit.note(session, "registration_refused", NOW)
    changed(session, course, "Ours")

    assert titles(program.get(AUDIT)) == ["Ours"]
    assert titles(program.get(f"{AUDIT}?action=launch_refused")) == []


def test_the_audit_is_read_page_by_page_the_newest_first_and_by_action(
    session: Session, program: Caller, course: Context
) -> None:
    changed(session, course, "a", "b")
    note(session, course, "levels_saved", IRIS, NOW, {})
    session.commit()
    changed(session, course, "c")
    path = f"{AUDIT}?action=settings_changed&limit=2"

    first: Any = program.get(path)
    second: Any = program.get(f"{path}&cursor={first.json['next']}")

    assert titles(first) + titles(second) == ["c", "b", "a"]
    assert second.json["next"] is None


@pytest.mark.parametrize("role", ["learner", "assistant", "instructor", "admin"])
@pytest.mark.parametrize("path", [AUDIT, HEAD])
def test_no_launch_reads_the_audit(
    role: str, path: str, session: Session, client: FlaskClient, course: Context
) -> None:
    caller = a_caller(session, client, of=course, role=role)

    assert problem(caller.get(path))[0] == 403


@pytest.mark.parametrize("path", [AUDIT, HEAD])
def test_a_key_without_the_permission_does_not_read_it(
    path: str, session: Session, client: FlaskClient, course: Context
) -> None:
    others = PERMISSIONS.keys() - {AUDIT_READ}
    program = a_program(session, client, course, *others)

    lacking = "This API key lacks the permission audit:read: ask for one that has it."
    assert problem(program.get(path)) == (403, lacking)


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=WyJhdWRpdCJd",
        "limit=0",
        "limit=201",
        "action=A",
        "action=",
        "x=1",
    ],
)
def test_what_is_no_question_about_the_audit_is_refused(
    program: Caller, query: str
) -> None:
    assert problem(program.get(f"{AUDIT}?{query}"))[0] == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_audit_costs_the_same_for_one_decision_and_for_three(
    rows: int, app: OpenAPI, program: Caller, session: Session, course: Context
) -> None:
    changed(session, course, *map(str, range(rows)))
    seal(app)
    program.get(HEAD).close()  # the key's use is noted once an hour

    costs = []
    for path in (AUDIT, HEAD):
        with statements(app) as sent:
            assert program.get(path).status_code == 200
        costs.append(len(sent))

    assert costs == [2, 2]
