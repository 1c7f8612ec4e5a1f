"""Every write that makes something is done once, every change is of what was read."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gamification.catalog import adopt, load
from models import (
    Award,
    ClaimCode,
    Context,
    Contribution,
    KeptAnswer,
    OutboundWebhook,
    PersonMerge,
)
from tests.factories import a_context, a_member
from tests.support.clock import NOW
from tests.support.launches import CATALOG, Caller, a_caller
from tests.support.programs import a_program
from tests.support.routes import BODIES, IDS, cast

QUERIES = {"/api/v1/courses/<course_id>/groups": "?kind=team"}
"""Where only a part of a list is changed, that part is read."""


def operations_with(app: OpenAPI, header: str) -> list[tuple[str, str]]:
    """Find the operations that take a header, in the OpenAPI document."""
    return [
        (method.upper(), path.replace("{", "<").replace("}", ">"))
        for path, methods in app.api_doc["paths"].items()
        for method, operation in methods.items()
        if header in {one["name"] for one in operation.get("parameters", ())}
    ]


@pytest.fixture
def course(session: Session) -> Context:
    url = "https://lms.example/members"
    course = a_context(session, board_enabled=True, memberships_url=url)
    adopt(session, course, load(CATALOG), NOW)
    return course


@pytest.fixture
def callers(
    session: Session, client: FlaskClient, course: Context
) -> dict[str, Caller]:
    """Let a learner ask what is about oneself, a program what is a program's."""
    iris = a_member(session, of=course, role="instructor")
    cast(session, iris)
    teacher = a_caller(session, client, member=iris, role="instructor")
    bob = a_member(session, of=course, alias="Brisk Badger")
    return {
        "/me/": a_caller(session, client, member=bob),
        "/merges": a_program(session, client, course),
        "/webhooks": a_program(session, client, course),
        "": teacher,
    }


def asking(callers: dict[str, Caller], route: str) -> Caller:
    return next(caller for part, caller in callers.items() if part in route)


def send(
    callers: dict[str, Caller], method: str, route: str, **headers: str
) -> TestResponse:
    caller = asking(callers, route)
    path = route.replace("<course_id>", caller.course_id)
    for name, known in IDS.items():
        path = path.replace(name, known)
    if "/configuration" in route:
        return caller.send_toml(method, path, "version = 1", **headers)
    body = BODIES.get(f"{method} {route.partition('?')[0]}", {})
    if not isinstance(body, str):
        return caller.send(method, path, body, **headers)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    bearer = {"Authorization": f"Bearer {caller.token}"}
    return caller.client.open(
        path,
        method=method,
        data=body,
        content_type="text/csv",
        headers={**bearer, **named},
    )


def made(session: Session) -> list[int]:
    session.rollback()
    tables = (Award, ClaimCode, Contribution, KeptAnswer, OutboundWebhook, PersonMerge)
    counts = [sa.select(sa.func.count()).select_from(table) for table in tables]
    return [session.scalar(count) or 0 for count in counts]


def test_a_write_that_is_sent_again_with_its_key_is_answered_as_before(
    app: OpenAPI, session: Session, callers: dict[str, Caller]
) -> None:
    creating = operations_with(app, "Idempotency-Key")

    for method, route in creating:
        key = f"key-of-{route}"
        first = send(callers, method, route, Idempotency_Key=key)
        after = made(session)
        again = send(callers, method, route, Idempotency_Key=key)

        told: Any = {
            **(first.json or {}),
            **({"code": None} if "code" in route else {}),
            **({"secret": None} if "webhook" in route else {}),
        }
        assert 200 <= first.status_code < 300, (route, first.text)
        assert (again.status_code, again.json) == (first.status_code, told), route
        assert again.headers.get("ETag") == first.headers.get("ETag")
        assert made(session) == after, route
    assert len(creating) >= 5


def test_a_key_that_comes_with_something_else_is_refused(
    app: OpenAPI, callers: dict[str, Caller]
) -> None:
    for method, route in operations_with(app, "Idempotency-Key"):
        key = f"key-of-{route}"
        send(callers, method, route, Idempotency_Key=key)

        # Where a query is part of what is asked, it is something else.
        other = send(callers, method, f"{route}?dry_run=true", Idempotency_Key=key)

        assert other.status_code == 422, route


def test_a_code_that_is_told_again_is_told_without_its_word(
    callers: dict[str, Caller], session: Session
) -> None:
    route = "/api/v1/courses/<course_id>/codes"

    first: Any = send(callers, "POST", route, Idempotency_Key="one").json
    again: Any = send(callers, "POST", route, Idempotency_Key="one").json

    session.rollback()
    kept = session.scalars(sa.select(KeptAnswer)).one()
    assert (len(first["code"]), again["code"]) == (14, None)
    assert first["code"] not in str(kept.body)
    assert again["id"] == first["id"]


def test_a_change_of_what_somebody_else_has_changed_is_refused(
    app: OpenAPI, session: Session, callers: dict[str, Caller]
) -> None:
    changing = operations_with(app, "If-Match")
    before = made(session)

    answers = {
        f"{method} {route}": send(
            callers, method, route, If_Match='"of-another-time"'
        ).status_code
        for method, route in changing
    }

    assert answers == dict.fromkeys(answers, 412)
    assert len(changing) >= 9
    assert made(session) == before


def test_a_change_of_what_was_read_is_made(
    app: OpenAPI, callers: dict[str, Caller]
) -> None:
    for method, route in operations_with(app, "If-Match"):
        if method != "PUT":
            continue
        read = asking(callers, route).get(
            f"{route}{QUERIES.get(route, '')}".replace(
                "<course_id>", callers[""].course_id
            )
            .replace("<key>", "author")
            .replace("<award_id>", "the-award")
            .replace("<user_id>", "ada")
        )
        tag = read.headers["ETag"]
        assert send(callers, method, route, If_Match=tag).status_code == 200, route
