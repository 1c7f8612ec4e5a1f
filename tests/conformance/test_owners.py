"""Security table F2: what belongs to a course is nobody's elsewhere."""

import re
from collections.abc import Callable, Collection
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Context
from tests.factories import a_context, a_member, a_registration
from tests.support.databases import Database
from tests.support.launches import Caller, a_caller, a_live_course, hand_in

pytestmark = pytest.mark.conformance

HERS = "Zora Geheim"
SWITCHES_OFF = {"enabled": False}
COLUMNS: dict[str, Any] = {"board_enabled": True, "board_participation": "all"}


@pytest.fixture
def here(session: Session) -> Context:
    """Return a course with everything in it that others might like to read."""
    here = a_live_course(
        session, title="Geheim 101", board_identity="name", lti_id="9", **COLUMNS
    )
    for number in range(5):
        name = f"{HERS} {number}"
        member = a_member(session, of=here, name=name, sub=str(number))
        hand_in(session, member, times=1)
    return here


def another_course(session: Session, here: Context) -> Context:
    """Build a course of the same deployment."""
    course = another_deployment(session, here)
    course.deployment_id = here.deployment_id
    return course


def another_deployment(session: Session, here: Context) -> Context:
    """Build a course of the same registration, where ids of courses are its own."""
    course = a_context(session, registration=here.registration, lti_id="10", **COLUMNS)
    assert course.deployment_id != here.deployment_id
    return course


def another_registration(session: Session, here: Context) -> Context:
    """Build a course of the same tenant, with the same id on its platform."""
    registration = a_registration(session, tenant=here.tenant)
    return a_context(session, registration=registration, lti_id=here.lti_id, **COLUMNS)


def another_tenant(session: Session, here: Context) -> Context:
    return a_context(session, lti_id=here.lti_id, **COLUMNS)


NAMED = re.compile(r"<\w+>")
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "awards"): {"badge": "author", "user": "ada"},
    ("POST", "badge-documents"): {"items": []},
    ("POST", "codes"): {
        "badge": "author",
        "uses": 1,
        "expires_at": "2030-01-01T00:00:00Z",
    },
    ("POST", "events"): {
        "user": "ada",
        "kind": "submitted",
        "occurred_at": "2026-11-20T09:30:00Z",
    },
    ("POST", "preview"): {"metric": "events", "threshold": 1},
    ("POST", "recompute"): {"past": {"unmet": "revoke"}},
    ("POST", "sync"): {"accept": ["leavers"]},
    ("DELETE", "<award_id>"): {"reason": "copied"},
    ("PUT", "<award_id>"): {"expires_at": None},
    ("POST", "lift"): {},
    ("PUT", "<key>"): {"metric": "events", "threshold": 1},
    ("POST", "reset"): {},
    ("PUT", "groups"): {"kind": "team", "groups": []},
    ("PUT", "item-sets"): {"sets": []},
    ("DELETE", "<code_id>"): {},
    ("PUT", "calendar"): {"breaks": []},
    ("PUT", "excused"): {"periods": []},
    ("PUT", "levels"): {"base": 20, "growth": 1.5},
}

WITHIN: dict[str, dict[str, object]] = {
    "/experiments": {"kind": "messages", "variants": {"a": 1, "b": 1}},
    "/imports": {"course": "x1"},
    "/messages": {"messages": {}},
    "/scoring": {"weights": []},
}


@pytest.mark.parametrize("role", ["learner", "instructor"])
@pytest.mark.parametrize(
    "elsewhere",
    [another_course, another_deployment, another_registration, another_tenant],
)
def test_f02_a_session_of_elsewhere_gets_nothing_of_this_course(
    elsewhere: Callable[[Session, Context], Context],
    role: str,
    database: Database,
    here: Context,
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
) -> None:
    """Every address with this course's id: 404; every other: nothing of it."""
    caller = a_caller(session, client, of=elsewhere(session, here), role=role)
    before = (here.enabled, here.title, here.board_participation)

    named = {answer.status_code for answer in of_course(app, caller, here.public_id)}
    own = of_course(app, caller, caller.course_id, methods={"GET"})
    others = [answer.text for answer in [*own, *of_person(app, caller)]]

    session.refresh(here)
    assert named == ({404} if role == "instructor" else {403, 404})
    assert len(others) > 5
    assert [page for page in others if "Geheim" in page or here.public_id in page] == []
    assert (here.enabled, here.title, here.board_participation) == before


def test_f02_who_is_here_reads_what_the_others_do_not(
    database: Database,
    here: Context,
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
) -> None:
    """The check above fails where there is something to read."""
    caller = a_caller(session, client, of=here, role="instructor")

    listed = of_course(app, caller, here.public_id, methods={"GET"})
    pages = of_person(app, caller)

    assert [HERS in answer.text for answer in listed].count(True) >= 2
    assert [HERS in answer.text for answer in pages].count(True) >= 2


def of_course(
    app: OpenAPI,
    caller: Caller,
    course: str,
    methods: Collection[str] = ("GET", "PUT", "POST", "DELETE"),
) -> list[TestResponse]:
    """Ask for everything that an address with a course's id names."""
    return [
        asked(caller, method, rule.rule.rpartition("/")[2], path)
        for rule in app.url_map.iter_rules()
        if "<course_id>" in rule.rule
        for method in sorted((rule.methods or set()) & set(methods))
        for path in [NAMED.sub("x1", rule.rule.replace("<course_id>", course))]
    ]


def asked(caller: Caller, method: str, name: str, path: str) -> TestResponse:
    """Ask so that only the course in the address can be wrong."""
    if method == "GET":
        return caller.get(path)
    if name == "import":
        return caller.send_table(path, "user,badge\nada,author\n")
    if "/configuration" in path:
        return caller.send_toml(method, path, "version = 1\nbadge = []")
    within = (body for part, body in WITHIN.items() if part in path)
    body = next(within, BODIES.get((method, name), SWITCHES_OFF))
    return caller.send(method, path, body)


def of_person(app: OpenAPI, caller: Caller) -> list[TestResponse]:
    """Read everything that a session is enough for."""
    return [
        caller.get(rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/panel/")) and not rule.arguments
        if "GET" in (rule.methods or set())
    ]
