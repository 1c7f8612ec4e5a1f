"""Texts that no database keeps, and ones without an end: none of them is a failure.

Every text of an address, a form or a body is such a one in its turn, and all else is
as it should be, so that it is this one that is read.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from mcp import Client
from sqlalchemy.orm import Session

from models import Context
from tests.factories import a_member
from tests.integration.views.test_mcp import run
from tests.support.launches import PICKING, Caller, a_caller, a_live_course
from tests.support.programs import a_program
from tests.support.routes import ALLOWED, BODIES, IDS, PUBLIC, cast
from views.mcp import server_for

ENDLESS = "a" * 5_000
DEEP = base64.urlsafe_b64encode(b"[" * 3_000).decode()
"""What a place in a list may be said to be."""
STRANGE = ("%00", "%ED%A0%80", ENDLESS)
PLACES = {"after", "cursor"}
IN_JSON = ("\x00", "\ud800", ENDLESS)
IN_PATH = re.compile(r"<(?:path:)?\w+>")
QUERIES = {
    "GET /lti/deep-linking/preview": ("panel", "badge"),
    "GET /lti/register/<invitation>": ("openid_configuration", "registration_token"),
    "GET /panel/class": ("search", "sort", "after"),
    "GET /panel/leaderboard": ("period",),
}
"""What is read and stands in no document."""
LOGIN = {
    "iss": "https://lms.example",
    "client_id": "1",
    "login_hint": "2",
    "target_link_uri": "/lti/launch",
    "lti_message_hint": "3",
    "lti_deployment_id": "4",
    "deployment_id": "4",
    "lti_storage_target": "_parent",
}
FORMS = {
    "GET /lti/login": LOGIN,
    "GET /lti/login/<registration>": LOGIN,
    "POST /lti/launch": {"state": "s", "id_token": "e30.e30.e30", "error": "e"},
    "POST /lti/launch/finish": {"pending": "p", "proof": "q"},
    "POST /lti/login": LOGIN,
    "POST /lti/login/<registration>": LOGIN,
}


@pytest.fixture
def course(session: Session) -> Context:
    url = "https://lms.example/members"
    return a_live_course(session, board_enabled=True, memberships_url=url)


@pytest.fixture
def callers(
    session: Session, client: FlaskClient, course: Context
) -> dict[str, Caller]:
    iris = a_member(session, of=course, role="instructor")
    cast(session, iris)
    bob = a_member(session, of=course, alias="Brisk Badger")
    return {
        "learner": a_caller(session, client, member=bob),
        "instructor": a_caller(
            session, client, member=iris, role="instructor", deep_linking=PICKING
        ),
        "key": a_program(session, client, course),
    }


def routes() -> list[str]:
    """Return all that can be asked; what takes rows away comes last."""
    return sorted(PUBLIC | ALLOWED.keys(), key=lambda route: route.startswith("DELETE"))


def address(route: str, course_id: str) -> str:
    known = {**IDS, "<course_id>": course_id}
    path = route.partition(" ")[2]
    return IN_PATH.sub(lambda name: known.get(name[0], "x"), path)


def strange_addresses(
    route: str, course_id: str, query: tuple[str, ...]
) -> Iterator[str]:
    for name in IN_PATH.findall(route):
        for strange in STRANGE:
            yield address(route.replace(name, strange), course_id)
    for name in query:
        for strange in (*STRANGE, DEEP) if name in PLACES else STRANGE:
            yield f"{address(route, course_id)}?{name}={strange}"


def documented(app: OpenAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every operation of the OpenAPI document."""
    for path, methods in app.api_doc["paths"].items():
        for method, operation in methods.items():
            yield (
                f"{method.upper()} {path.replace('{', '<').replace('}', '>')}",
                operation,
            )


def queries_of(app: OpenAPI) -> dict[str, tuple[str, ...]]:
    read = {
        route: tuple(
            one["name"]
            for one in operation.get("parameters", ())
            if one["in"] == "query"
        )
        for route, operation in documented(app)
    }
    return read | QUERIES


def bodies_of(app: OpenAPI) -> list[tuple[str, object]]:
    """Return what operations are sent: what their document shows, and what fits us."""
    shown = [
        (route, content["example"])
        for route, operation in documented(app)
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    bodies = [(route, body) for route, body in [*shown, *BODIES.items()]]
    return [(route, body) for route, body in bodies if not isinstance(body, str)]


def strange_bodies(body: object) -> Iterator[object]:
    if isinstance(body, str):
        yield from IN_JSON
    elif isinstance(body, dict):
        for name, value in body.items():
            yield from ({**body, name: one} for one in strange_bodies(value))
            yield {**body, IN_JSON[0]: value}
    elif isinstance(body, list):
        for place, value in enumerate(body):
            for one in strange_bodies(value):
                yield [*body[:place], one, *body[place + 1 :]]


def failures(caller: Caller, route: str, address: str, **sent: Any) -> set[str]:  # noqa: ANN401 -- whatever a client sends
    """Send it; return it if that failed on our side."""
    method = route.partition(" ")[0]
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    if not sent and method != "GET":
        kind = "text/toml" if "/configuration" in route else "application/json"
        sent = {"data": "{}", "content_type": kind}
    answer = caller.client.open(address, method=method, headers=headers, **sent)
    if answer.status_code < 500:
        return set()
    return {f"{method} {address[:120]} {str(sent)[:120]}"}


def test_no_text_in_an_address_is_a_failure(
    app: OpenAPI, client: FlaskClient, callers: dict[str, Caller]
) -> None:
    queries, stranger = queries_of(app), Caller(client, "", "")

    failed = {
        failure
        for route in routes()
        for role in ALLOWED.get(route, {""}) & {"", *callers}
        for caller in [callers.get(role, stranger)]
        for strange in strange_addresses(
            route, caller.course_id, queries.get(route, ())
        )
        for failure in failures(caller, route, strange)
    }

    assert failed == set()


def test_no_text_in_a_body_is_a_failure(
    app: OpenAPI, callers: dict[str, Caller]
) -> None:
    failed = {
        failure
        for route, body in bodies_of(app)
        for caller in [next(callers[one] for one in callers if one in ALLOWED[route])]
        for strange in strange_bodies(body)
        for failure in failures(
            caller, route, address(route, caller.course_id), json=strange
        )
    }

    assert failed == set()


def test_no_text_of_a_platform_is_a_failure(app: OpenAPI, client: FlaskClient) -> None:
    stranger, failed = Caller(client, "", ""), set()
    origin = app.extensions["laurel"].public_url

    for route, form in FORMS.items():
        for name in form:
            for strange in STRANGE:
                texts = {key: quote(value) for key, value in form.items()}
                if "target_link_uri" in form:
                    texts["target_link_uri"] = quote(f"{origin}/lti/launch")
                text = "&".join(f"{k}={v}" for k, v in {**texts, name: strange}.items())
                at = address(route, "")
                if route.startswith("GET"):
                    failed |= failures(stranger, route, f"{at}?{text}")
                    continue
                kind = "application/x-www-form-urlencoded"
                failed |= failures(stranger, route, at, data=text, content_type=kind)

    assert failed == set()


def test_no_text_of_an_assistant_is_a_failure(
    app: OpenAPI, course: Context, callers: dict[str, Caller]
) -> None:
    known = {"user_id": "ada", "badge": "author", "course": course.public_id}
    tenant = course.tenant.key

    async def asked() -> dict[str, str]:
        told = {}
        async with Client(server_for(app, tenant)) as client:
            for tool in (await client.list_tools()).tools:
                names = tool.input_schema["properties"].keys()
                usual = {name: known.get(name, "all") for name in names}
                for name in names:
                    for strange in IN_JSON:
                        sent = {**usual, name: strange}
                        answer = await client.call_tool(tool.name, sent)
                        said = str(answer.content)
                        told[f"{tool.name} {name} {strange[:9]!r}"] = said
        return told

    told = run(asked())

    # What fails is told without its reason.
    unread = {
        name: text for name, text in told.items() if "validation error" not in text
    }
    assert (unread, len(told)) == ({}, 24)
