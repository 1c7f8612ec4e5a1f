"""Who may do what: every route there is, for every role (case F3).

A new route fails these tests until it has its line in tests/support/routes.py.
"""

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from config import ROOT
from gamification.catalog import adopt, load
from jobs.api_keys import PERMISSIONS, PREFIX
from models import Context
from tests.factories import a_context, a_member
from tests.support.clock import NOW
from tests.support.launches import PICKING, Caller, a_caller
from tests.support.programs import a_program
from tests.support.routes import (
    ALLOWED,
    BODIES,
    EVERYONE,
    IDS,
    KEY,
    PEOPLE,
    PUBLIC,
    cast,
)
from views.pages import settings


def routes_of(app: OpenAPI) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_says_who_may_enter(app: OpenAPI) -> None:
    assert routes_of(app) == PUBLIC | set(ALLOWED)


def ask(caller: Caller, route: str, course_id: str) -> int:
    method, _, path = route.partition(" ")
    for name, known in {"<course_id>": course_id, **IDS}.items():
        path = path.replace(name, known)
    body = BODIES.get(route)
    if route.endswith("/standing") and caller.token.startswith(PREFIX):
        path += "?user=ada"  # a key is nobody, so it has to say who
    if method == "GET":
        return caller.get(path).status_code
    if "/configuration" in route:
        return caller.send_toml(method, path, "version = 1").status_code
    if isinstance(body, str):
        return caller.send_table(path, body).status_code
    return caller.send(method, path, body).status_code


@pytest.fixture
def course(app: OpenAPI, session: Session) -> Context:
    course = a_context(
        session, board_enabled=True, memberships_url="https://lms.example/members"
    )
    with app.app_context():
        adopt(session, course, load(settings().catalog_file), NOW)
    return course


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_role_enters_where_it_may_and_nowhere_else(
    role: str, course: Context, client: FlaskClient, session: Session
) -> None:
    member = a_member(session, of=course, role=role)
    cast(session, member)
    caller = a_caller(session, client, member=member, role=role, deep_linking=PICKING)

    # What is deleted is asked for last.
    answers = {
        route: ask(caller, route, caller.course_id)
        for route in sorted(ALLOWED, reverse=True)
    }

    entered = {route for route, status in answers.items() if 200 <= status < 300}
    assert entered == {route for route, roles in ALLOWED.items() if role in roles}
    refused = {answers[route] for route in set(answers) - entered}
    assert refused <= {403, 404}


def test_a_key_enters_by_its_permissions_and_nowhere_else(
    course: Context, client: FlaskClient, session: Session
) -> None:
    cast(session, a_member(session, of=course))
    program = a_program(session, client, course)

    answers = {
        route: ask(program, route, program.course_id)
        for route in sorted(ALLOWED, reverse=True)
    }

    entered = {route for route, status in answers.items() if 200 <= status < 300}
    assert entered == {route for route, roles in ALLOWED.items() if "key" in roles}
    assert {answers[route] for route in set(answers) - entered} == {403}


def test_a_key_without_the_permission_that_is_asked_for_enters_nowhere(
    app: OpenAPI, course: Context, client: FlaskClient, session: Session
) -> None:
    cast(session, a_member(session, of=course))
    document = app.api_doc["paths"]
    needed = {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}": permission
        for path, operations in document.items()
        for method, operation in operations.items()
        for permission in operation.get("x-permissions", ())
    }
    programs = {
        permission: a_program(
            session, client, course, *(PERMISSIONS.keys() - {permission})
        )
        for permission in PERMISSIONS
    }

    answers = {
        ask(programs[permission], route, course.public_id)
        for route, permission in needed.items()
    }

    assert set(needed) == {route for route in ALLOWED if "key" in ALLOWED[route]}
    assert answers == {403}


@pytest.mark.demand("A37")
def test_nobody_enters_without_a_token(app: OpenAPI, client: FlaskClient) -> None:
    strangers = [Caller(client, f"{prefix}no", "course") for prefix in ("", PREFIX)]

    answers = {
        ask(stranger, route, "course") for stranger in strangers for route in ALLOWED
    }
    bare = {
        client.open(route.split(" ")[1], method=route.split(" ")[0]).status_code
        for route in ALLOWED
    }

    assert answers == bare == {401}


def test_the_document_names_the_roles_that_may_enter(
    app: OpenAPI, client: FlaskClient
) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None

    named = {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}": set(
            operation["x-roles"]
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    api = {route for route in ALLOWED if " /api/" in route}
    # An observer may keep the page open, and has no data to ask for.
    assert named == {route: ALLOWED[route] & (PEOPLE | KEY) for route in api}


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_ids_of_another_course_are_not_there(
    role: str, client: FlaskClient, session: Session
) -> None:
    here = a_context(session)
    # Same course, platform and person ids, in another registration (case F2).
    elsewhere = a_context(session, lti_id=here.lti_id)
    neighbour = a_context(session, registration=here.registration)
    member = a_member(session, of=here, role=role, sub="2")
    a_member(session, of=elsewhere, role=role, sub="2")
    caller = a_caller(session, client, member=member, role=role)

    answers = {
        ask(caller, route, course.public_id)
        for route, roles in ALLOWED.items()
        for course in (elsewhere, neighbour)
        if "<course_id>" in route and role in roles
    }

    assert answers == {404}


def test_courses_of_another_tenant_are_not_there_for_a_key(
    course: Context, client: FlaskClient, session: Session
) -> None:
    elsewhere = a_context(session, lti_id=course.lti_id)
    program = a_program(session, client, course)

    answers = {
        ask(program, route, elsewhere.public_id)
        for route, roles in ALLOWED.items()
        if "<course_id>" in route and "key" in roles
    }

    assert answers == {404}


def test_a_launch_as_a_learner_has_a_learners_rights(
    client: FlaskClient, session: Session
) -> None:
    # A teacher who looks at the course as a student (case F4).
    teacher = a_member(session, role="instructor")
    caller = a_caller(session, client, member=teacher, role="learner")

    answer = caller.get("/panel/manage")

    assert answer.status_code == 403


def test_every_operation_is_in_the_manual(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    manual = (ROOT / "docs" / "api.md").read_text()
    assert document is not None

    operations = {
        f"{method.upper()} {path}"
        for path, described in document["paths"].items()
        for method in described
    }

    assert {name for name in operations if f"`{name}`" not in manual} == set()
