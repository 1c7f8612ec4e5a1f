"""A small course on a running campus, and our side of the same registration."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.clock import Clock as CampusClock
from campus.records import Course, Enrolment, Launch, Link, Person, Role, Tool
from campus.server import running
from campus.state import Campus
from models import Registration, Tenant
from tests.factories import a_tenant
from tests.support.clock import NOW, Clock

CLIENT_ID = "laurel"


@dataclass(frozen=True)
class Classroom:
    """Ada and Ben learn, Iris teaches, Tom assists; Otto is in another course."""

    campus: Campus
    tool: Tool
    course: Course
    link: Link
    ada: Person
    ben: Person
    iris: Person
    tom: Person
    otto: Person

    def launch(self, person: Person) -> Launch:
        """Begin a launch of the course's link: what a click there does."""
        return self.campus.begin(
            Launch(tool=self.tool, course=self.course, person=person, link=self.link)
        )


@dataclass(frozen=True)
class Registered:
    """The campus and our row for it; the tenant is `acme` and it is on."""

    classroom: Classroom
    registration: Registration

    @property
    def campus(self) -> Campus:
        return self.classroom.campus


@contextmanager
def a_campus(shape: str, clock: Clock) -> Iterator[Campus]:
    """Run a campus over HTTP on a port of its own, by the test's clock."""
    campus = Campus(shape, clock=CampusClock(real=clock))
    with running(campus):
        yield campus


def a_classroom(campus: Campus, tool_url: str) -> Classroom:
    """Put a tool, a course and five people on a campus."""
    tool = campus.add_tool(Tool.at(tool_url, CLIENT_ID))
    course = campus.add_course(Course(title="Biology", label="BIO-1", begins=NOW))
    other = campus.add_course(Course(title="Chemistry", label="CHE-1", begins=NOW))
    link = campus.add_link(
        Link(
            course=course.number,
            tool=tool.number,
            title="Your badges",
            custom={"panel": "overview"},
        )
    )

    def enrolled(given: str, family: str, into: Course, role: Role) -> Person:
        person = campus.add_person(
            Person(
                given_name=given,
                family_name=family,
                email=f"{given.lower()}@campus.example",
                username=given.lower(),
            )
        )
        campus.enrol(Enrolment(course=into.number, person=person.number, role=role))
        return person

    return Classroom(
        campus=campus,
        tool=tool,
        course=course,
        link=link,
        ada=enrolled("Ada", "Ahorn", course, Role.STUDENT),
        ben=enrolled("Ben", "Birke", course, Role.STUDENT),
        iris=enrolled("Iris", "Iwan", course, Role.TEACHER),
        tom=enrolled("Tom", "Tanne", course, Role.ASSISTANT),
        otto=enrolled("Otto", "Olive", other, Role.STUDENT),
    )


def registered_with(session: Session, classroom: Classroom) -> Registered:
    """Write down the campus as a platform of tenant `acme`, and commit."""
    tenant = session.scalar(sa.select(Tenant).filter_by(key="acme"))
    tenant = tenant or a_tenant(session, key="acme")
    endpoints = classroom.campus.endpoints
    registration = Registration(
        tenant_id=tenant.id,
        issuer=endpoints.issuer,
        client_id=classroom.tool.client_id,
        auth_login_url=endpoints.authorization,
        token_url=endpoints.token,
        jwks_url=endpoints.jwks,
        family=classroom.campus.shape.name,
        frame_origins=[classroom.campus.base_url],
        created_at=NOW,
    )
    session.add(registration)
    session.commit()
    return Registered(classroom, registration)
