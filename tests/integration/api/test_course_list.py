"""`GET /api/v1/courses`: how a program finds a course without being told its id."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.api_keys import COURSES_READ, PEOPLE_READ
from models import Context, Deployment
from tests.factories import a_context
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program, problem
from tests.support.statements import statements

COURSES = "/api/v1/courses"


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_program(session, client, course, COURSES_READ)


def beside(session: Session, course: Context, lti_id: str) -> Context:
    return a_context(session, registration=course.registration, lti_id=lti_id)


def ids(answer: Any) -> list[str]:  # noqa: ANN401 -- an answer of the client
    return [item["id"] for item in answer.json["items"]]


def test_a_course_is_found_by_the_platforms_id(
    session: Session, program: Caller, course: Context
) -> None:
    course.lti_id, course.title, course.enabled = "42", "Botany", False
    beside(session, course, "43")
    session.commit()

    found: Any = program.get(f"{COURSES}?platform_id=42")
    nothing = program.get(f"{COURSES}?platform_id=44")

    assert found.json == {
        "items": [
            {
                "id": course.public_id,
                "title": "Botany",
                "platform": course.registration.issuer,
                "platform_id": "42",
                "enabled": False,
            }
        ],
        "next": None,
    }
    assert ids(nothing) == []


def test_no_other_organisations_course_is_listed_nor_one_that_cannot_be_launched(
    session: Session, program: Caller, course: Context
) -> None:
    a_context(session)
    closed = a_context(session, tenant=course.tenant)
    closed.registration.state = "disabled"
    shut = a_context(session, tenant=course.tenant)
    session.get_one(Deployment, shut.deployment_id).state = "disabled"
    session.commit()

    assert ids(program.get(COURSES)) == [course.public_id]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_goes_on_where_it_ended_and_each_page_costs_the_same(
    session: Session, app: OpenAPI, program: Caller, course: Context, number: int
) -> None:
    more = [beside(session, course, f"more-{one}") for one in range(number)]
    wanted = [one.public_id for one in (*reversed(more), course)]
    session.commit()
    program.get(COURSES)

    with statements(app) as sent:
        first: Any = program.get(f"{COURSES}?limit=1")
    rest: Any = program.get(f"{COURSES}?limit=200&cursor={first.json['next']}")

    assert ids(first) + ids(rest) == wanted
    assert rest.json["next"] is None
    assert len(sent) == 2


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=WyJldmVudHMiXQ", "limit=0", "platform_id=%00", "a=1"]
)
def test_what_makes_no_sense_is_refused(program: Caller, query: str) -> None:
    status, _ = problem(program.get(f"{COURSES}?{query}"))

    assert status == 422


def test_it_takes_a_key_that_reads_courses(
    session: Session, client: FlaskClient, course: Context
) -> None:
    other = a_program(session, client, course, PEOPLE_READ)
    teacher = a_caller(session, client, of=course, role="instructor")

    status, said = problem(other.get(COURSES))
    assert (status, "courses:read" in said) == (403, True)
    status, said = problem(teacher.get(COURSES))
    assert (status, "by an API key" in said) == (403, True)
