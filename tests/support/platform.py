"""A running campus with a small cast, and our side of the same registration."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus import seeding
from campus.clock import Clock as CampusClock
from campus.records import Launch, Person, Tool
from campus.seeding import Cast
from campus.server import running
from campus.state import Campus
from models import Registration, Tenant
from tests.factories import a_tenant
from tests.support.clock import NOW, Clock

CLIENT_ID = "laurel"


@dataclass(frozen=True)
class Registered:
    """A campus with its cast, and our row for it; the tenant is `acme` and on."""

    campus: Campus
    cast: Cast
    registration: Registration

    def launch(self, person: Person) -> Launch:
        """Begin a launch of the course's link: what a click there does."""
        cast = self.cast
        return self.campus.begin(
            Launch(tool=cast.tool, course=cast.course, person=person, link=cast.link)
        )


@contextmanager
def a_campus(shape: str, clock: Clock) -> Iterator[Campus]:
    """Run a campus over HTTP on a port of its own, by the test's clock."""
    campus = Campus(shape, clock=CampusClock(real=clock))
    with running(campus):
        yield campus


def register(session: Session, campus: Campus, tool_url: str) -> Registered:
    """Put the tool and the cast on a campus; write it down for `acme`; commit."""
    campus.add_tool(Tool.at(tool_url, CLIENT_ID))
    tenant = session.scalar(sa.select(Tenant).filter_by(key="acme"))
    tenant = tenant or a_tenant(session, key="acme")
    endpoints = campus.endpoints
    registration = Registration(
        tenant_id=tenant.id,
        issuer=endpoints.issuer,
        client_id=CLIENT_ID,
        auth_login_url=endpoints.authorization,
        token_url=endpoints.token,
        jwks_url=endpoints.jwks,
        family=campus.shape.name,
        frame_origins=[campus.base_url],
        created_at=NOW,
    )
    session.add(registration)
    session.commit()
    return Registered(campus, seeding.cast(campus), registration)
