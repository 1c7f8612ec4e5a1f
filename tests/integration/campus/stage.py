"""The courses of the recordings, rebuilt, and a tool that can prove itself."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campus import vocabulary as lti
from campus.clock import Clock
from campus.keys import SigningKey, signing_key
from campus.records import (
    Course,
    Enrolment,
    Launch,
    LineItem,
    Link,
    Person,
    Role,
    Status,
    Tool,
)
from campus.seeding import Cast
from campus.server import serving
from campus.state import Campus
from campus.tokens import REMOVED, signed

RECORDINGS = Path(__file__).parent / "recordings"
RECORDED_AT = datetime(2026, 11, 22, 0, 10, 9, 123_000, tzinfo=UTC)
TOOL_1 = "EkKTIeWqfEkEz6Q"
TOOL_2 = "MBu2xqM22fozjxK"
LAUNCH = "http://localhost:9301/launch"


def recording(name: str) -> Any:  # noqa: ANN401 -- JSON of any shape
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def a_token(campus: Campus, tool: Tool, *scopes: str) -> str:
    """Issue an access token without the token endpoint."""
    granted = scopes or tool.scopes
    value = campus.shape.new_token(campus, tool, granted)
    return campus.issue_token(tool, granted, value).value


def bearer(token: str, accept: str = "*/*") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": accept}


def shape_of(value: object) -> object:
    """Return the JSON types of a value: what is compared where values differ."""
    if isinstance(value, dict):
        return {key: shape_of(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape_of(member) for member in value[:1]]
    return type(value).__name__


def launch_of(
    campus: Campus, cast: Cast, person: Person | None, link: Link | None = None
) -> Launch:
    return campus.begin(
        Launch(
            tool=campus.tools[0],
            course=cast.course,
            person=person,
            link=link or cast.link,
        )
    )


def next_path(answer: TestResponse) -> str | None:
    links = {
        link.split('rel="')[1].rstrip('"'): link[1:].split(">")[0]
        for link in answer.headers["Link"].split(",")
    }
    following = links.get("next")
    return following.removeprefix("https://canvas.example.edu") if following else None


def walk(asking: FlaskClient, path: str | None) -> list[list[dict[str, Any]]]:
    """Follow the next links; return the rows page by page."""
    pages = []
    while path is not None:
        answer = asking.get(path)
        body = answer.get_json()
        pages.append(body if isinstance(body, list) else body["members"])
        path = next_path(answer)
    return pages


def recorded_moodle() -> Campus:
    """Rebuild course 3 of the recorded Moodle: two tools, seventeen people."""
    campus = Campus("moodle", clock=Clock(real=lambda: RECORDED_AT))
    for tool in _recorded_tools():
        campus.add_tool(tool)
    course = campus.add_course(
        Course(title="Demo 101", label="DEMO101", sourced_id="SIS-DEMO-101", number=3)
    )
    for number, title in ((1, "Gamification (dynreg)"), (2, "Gamification (manual)")):
        campus.add_link(
            Link(course=3, tool=number, title=title, description=f"intro {title}")
        )
    _enrol_the_recorded(campus, course)
    return campus


def _recorded_tools() -> tuple[Tool, Tool]:
    """Return a tool that is told everything, and one without names and addresses."""
    first = Tool(
        client_id=TOOL_1,
        login_url="http://localhost:9301/login",
        redirect_uris=(LAUNCH,),
        target_link_uri=LAUNCH,
        jwks_url="http://localhost:9301/jwks",
        custom={
            "boardid": "42",
            "grp": "$Moodle.Person.userGroupIds",
            "groups": "$Moodle.Person.userGroupIds",
            "uname": "$User.username",
            "unknown": "$No.Such.Var",
            "static": "abc",
        },
    )
    second = Tool(
        client_id=TOOL_2,
        login_url="http://localhost:9301/login",
        redirect_uris=(LAUNCH,),
        target_link_uri=f"{LAUNCH}?m=1",
        jwks_url="http://localhost:9301/jwks",
        shares_names=False,
        shares_email=False,
        scopes=(lti.LINE_ITEM_READ, lti.RESULT_READ, lti.SCORE, lti.MEMBERS_READ),
        custom={"groups": "$Moodle.Person.userGroupIds", "uid": "$User.id"},
    )
    return first, second


def _enrol_the_recorded(campus: Campus, course: Course) -> None:
    listed = recording("moodle_services")["roster"]["full (names+email allowed)"]
    roles = {"16": Role.TEACHER, "32": Role.ASSISTANT}
    for member in listed["body"]["members"]:
        person = campus.add_person(
            Person(
                number=int(member["user_id"]),
                given_name=member["given_name"],
                family_name=member["family_name"],
                email=member["email"],
                username=member["ext_user_username"],
                sourced_id=member["lis_person_sourcedid"],
            )
        )
        campus.enrol(
            Enrolment(
                course=course.number,
                person=person.number,
                role=roles.get(person.sub, Role.STUDENT),
                status=Status.LOCKED if person.sub == "30" else Status.ACTIVE,
                groups=(3,) if person.sub == "17" else (),
            )
        )
    for number, role, status in (
        (2, Role.ADMINISTRATOR, Status.ACTIVE),
        (29, Role.STUDENT, Status.SUSPENDED),
    ):
        name = {"given_name": "Admin", "family_name": "User"} if number == 2 else {}
        campus.add_person(Person(number=number, username="admin", **name))
        campus.enrol(Enrolment(course=3, person=number, role=role, status=status))


def add_recorded_link_items(campus: Campus) -> None:
    """Add the line items that Moodle made by itself for the two links."""
    for number, tool, title in (
        (8, 1, "Gamification (dynreg)"),
        (9, 2, "Gamification (manual)"),
    ):
        item = LineItem(course=3, label=title, tool=tool, link=tool, number=number)
        campus.add_line_item(item)


def add_recorded_items(campus: Campus) -> None:
    """Add the line items tool 1 had made when the recording went on, and a quiz."""
    for number in (1, 2, 3):
        campus.add_line_item(
            LineItem(
                course=3,
                label=f"Standalone {number}",
                maximum=50,
                tool=1,
                tag="badge",
                resource_id=f"res-{number}",
                number=14 + number,
            )
        )
    campus.add_line_item(
        LineItem(
            course=3,
            label="Second for link",
            maximum=10,
            tool=1,
            link=1,
            tag="second",
            resource_id="r2",
            number=18,
        )
    )
    campus.add_line_item(LineItem(course=3, label="x", maximum=10, tool=1, number=19))
    campus.add_line_item(LineItem(course=3, label="Quiz 1", number=7))


@dataclass(frozen=True)
class ProvingTool:
    """A tool with a key of its own, and what it publishes over HTTP."""

    tool: Tool
    key: SigningKey
    published: list[SigningKey] = field(default_factory=list)

    def assertion(
        self,
        audience: str,
        changes: Mapping[str, object] | None = None,
        header: Mapping[str, object] | None = None,
    ) -> str:
        now = int(time.time())
        claims = {
            "iss": self.tool.client_id,
            "sub": self.tool.client_id,
            "aud": audience,
            "iat": now,
            "exp": now + 60,
            "jti": f"jti-{time.monotonic_ns()}",
            **(changes or {}),
        }
        kept = {name: value for name, value in claims.items() if value is not REMOVED}
        return signed(
            {"typ": "JWT", "alg": "RS256", "kid": self.key.kid, **(header or {})},
            kept,
            self.key,
        )

    def request(self, audience: str, *scopes: str, **changes: object) -> dict[str, str]:
        """Return the form of a token request; no scopes asks for all."""
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": lti.CLIENT_ASSERTION_TYPE,
            "client_assertion": self.assertion(audience, changes),
            "scope": " ".join(scopes or self.tool.scopes),
        }


@cache
def tool_key() -> SigningKey:
    """Make the tool's key once for all tests: that takes a while."""
    return signing_key("tool-key")


@contextmanager
def proving_tool(campus: Campus) -> Iterator[ProvingTool]:
    """Serve a tool's key set on a free port and register the tool."""
    published = [tool_key()]
    app = Flask("tool")
    app.add_url_rule(
        "/lti/jwks.json", view_func=lambda: {"keys": [key.jwk for key in published]}
    )
    app.add_url_rule("/page", "page", view_func=lambda: "<p>No key set.")
    with serving(app, "127.0.0.1") as port:
        tool = campus.add_tool(Tool.at(f"http://127.0.0.1:{port}", "client-1"))
        yield ProvingTool(tool, tool_key(), published)
