"""What an assistant may ask of a course: its badges, its board, and why."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
import uvicorn
from flask_openapi3.openapi import OpenAPI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from sqlalchemy.orm import Session

from gamification.activity.rebuilding import rebuild
from gamification.standings import set_consent, set_name_consent
from jobs.api_keys import COURSES_READ, PEOPLE_READ, revoke
from models import ApiKey, Context, Membership
from tests.factories import a_context, a_member
from tests.integration.views.test_mcp import run
from tests.support.clock import NOW
from tests.support.launches import a_live_course, hand_in
from tests.support.programs import a_key
from views.mcp import server_for
from views.mcp_keys import KeyVerifier

NAMES = [f"Zora Geheim {number}" for number in range(6)]


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course whose six learners joined the board and show their names."""
    course = a_live_course(
        session, board_enabled=True, board_identity="name", title="Biology"
    )
    for number, name in enumerate(NAMES, 1):
        member = a_member(session, of=course, name=name, alias=f"Alias {number}")
        hand_in(session, member, times=number)
        set_consent(session, member, NOW, joined=True)
        set_name_consent(session, member, NOW, named=True)
    session.commit()
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course, name="Ada")
    hand_in(session, ada, times=14)
    session.commit()
    return ada


def ask(app: OpenAPI, here: Context, tool: str, **arguments: str) -> Any:  # noqa: ANN401 -- the SDK's result
    tenant = here.tenant.key

    async def asked() -> Any:  # noqa: ANN401 -- the SDK's result
        async with Client(server_for(app, tenant)) as client:
            return await client.call_tool(tool, arguments)

    return run(asked())


def test_the_badges_of_a_course_are_those_that_can_be_earned(
    app: OpenAPI, course: Context
) -> None:
    told = ask(app, course, "course_badges", course=course.public_id).structured_content

    contributor = next(one for one in told["badges"] if one["key"] == "contributor")
    assert (told["course"], told["title"], told["enabled"]) == (
        course.public_id,
        "Biology",
        True,
    )
    assert (contributor["criterion"], contributor["earned"]) == (
        "Earn 25 points",
        False,
    )


def test_a_board_has_aliases_even_where_learners_read_names(
    app: OpenAPI, course: Context
) -> None:
    answer = ask(app, course, "leaderboard", course=course.public_id)

    told = answer.structured_content
    assert (told["state"], told["people"]) == ("ready", 6)
    assert [(row["rank"], row["alias"], row["points"]) for row in told["rows"]] == [
        (1, "Alias 6", 12),
        (2, "Alias 5", 10),
        (3, "Alias 4", 8),
    ]
    assert "Zora" not in str(answer)
    assert all(set(row) == FIELDS for row in told["rows"])


FIELDS = {"rank", "alias", "points", "completed", "badges", "updated_at"}


def test_a_board_of_fewer_than_five_is_shown_to_nobody(
    app: OpenAPI, session: Session, course: Context
) -> None:
    for member in session.query(Membership).limit(2):
        set_consent(session, member, NOW, joined=False)
    session.commit()

    told = ask(app, course, "leaderboard", course=course.public_id).structured_content

    assert (told["state"], told["people"], told["rows"]) == ("too_few", 0, [])


def test_a_board_that_is_off_is_off(
    app: OpenAPI, session: Session, course: Context
) -> None:
    course.board_enabled = False
    session.commit()

    told = ask(app, course, "leaderboard", course=course.public_id).structured_content

    assert (told["state"], told["rows"]) == ("off", [])


def test_a_board_of_the_term_takes_dates_of_the_term(
    app: OpenAPI, session: Session, course: Context
) -> None:
    asked = {"course": course.public_id, "period": "term"}

    without = ask(app, course, "leaderboard", **asked)
    course.term_start = course.ranked_from = date(2026, 9, 1)
    course.term_end = course.ranked_to = date(2027, 1, 31)
    rebuild(session, course, NOW)
    session.commit()
    told = ask(app, course, "leaderboard", **asked).structured_content

    assert without.is_error
    assert "no dates of its term" in without.content[0].text
    assert (told["state"], told["period"], told["people"]) == ("ready", "term", 6)


def test_why_and_why_not_yet_are_explained(
    app: OpenAPI, course: Context, ada: Membership
) -> None:
    named = {"user_id": ada.user.public_id, "course": course.public_id}

    has = ask(app, course, "explain_badge", badge="contributor", **named)
    lacks = ask(app, course, "explain_badge", badge="prolific", **named)

    assert has.structured_content["why"] == [
        "Earned on 22 November 2026.",
        "Asked was: Earn 25 points. There were 28 points.",
    ]
    assert lacks.structured_content["why"] == ["Earn 72 more points."]
    assert lacks.structured_content["badge"]["progress"] == 28
    assert "Ada" not in str(has)


def test_what_is_not_in_the_tenant_is_not_there(
    app: OpenAPI, session: Session, course: Context, ada: Membership
) -> None:
    elsewhere = a_live_course(session)
    second = a_context(session, registration=course.registration)
    session.commit()
    who = ada.user.public_id

    refused = [
        ask(app, course, "course_badges", course=elsewhere.public_id),
        ask(app, course, "leaderboard", course=elsewhere.public_id),
        ask(
            app,
            course,
            "explain_badge",
            user_id=who,
            badge="contributor",
            course=second.public_id,
        ),
        ask(
            app,
            course,
            "explain_badge",
            user_id=who,
            badge="unknown",
            course=course.public_id,
        ),
    ]

    assert [one.is_error for one in refused] == [True] * 4
    assert [one.content[0].text.split(": ", 1)[-1] for one in refused] == [
        "There is no such course in this tenant.",
        "There is no such course in this tenant.",
        "There is no such user in this course.",
        "There is no such badge in this course, or it is off there.",
    ]


def test_a_course_of_a_disabled_platform_is_not_there(
    app: OpenAPI, session: Session, course: Context, ada: Membership
) -> None:
    course.registration.state = "disabled"
    session.commit()
    who = ada.user.public_id

    asked = ask(app, course, "course_badges", course=course.public_id)
    hers = ask(app, course, "user_badges", user_id=who).structured_content

    assert asked.is_error
    assert hers["courses"] == []


@pytest.fixture
def address(app: OpenAPI, course: Context) -> Iterator[str]:
    """Serve the tools over HTTP, as `flask mcp --http` does."""
    tenant = course.tenant.key
    server = server_for(app, tenant, by_key=KeyVerifier(app, tenant))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        asgi = server.streamable_http_app(stateless_http=True)
        serving = uvicorn.Server(uvicorn.Config(asgi, log_level="error"))
        thread = threading.Thread(
            target=serving.run, kwargs={"sockets": [listener]}, daemon=True
        )
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        serving.should_exit = True
        thread.join()


def over_http(address: str, token: str, course: str) -> Any:  # noqa: ANN401 -- the SDK's result
    @contextlib.asynccontextmanager
    async def connected() -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(address, http_client=http)
            async with Client(transport) as client:
                yield client

    async def asked() -> Any:  # noqa: ANN401 -- the SDK's result
        async with asyncio.timeout(20), connected() as client:
            return await client.call_tool("course_badges", {"course": course})

    return run(asked())


def status_of(address: str, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers["Accept"] = "application/json, text/event-stream"
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    return httpx2.post(address, json=asked, headers=headers).status_code


def test_over_http_the_bearer_of_a_key_is_let_in(
    address: str, session: Session, course: Context
) -> None:
    key, secret = a_key(session, course, COURSES_READ, PEOPLE_READ)

    told = over_http(address, secret, course.public_id).structured_content

    session.rollback()
    assert told["title"] == "Biology"
    assert session.get_one(ApiKey, key.id, populate_existing=True).last_used_at == NOW


def test_a_key_is_let_in_while_others_write_and_its_use_is_noted_later(
    app: OpenAPI, session: Session, course: Context
) -> None:
    key, secret = a_key(session, course, COURSES_READ)
    key_id, verifier = key.id, KeyVerifier(app, course.tenant.key)
    session.execute(sa.update(ApiKey).values(name="other"))

    busy = run(verifier.verify_token(secret))
    session.rollback()
    unnoted = session.get_one(ApiKey, key_id, populate_existing=True).last_used_at
    session.rollback()
    free = run(verifier.verify_token(secret))

    noted = session.get_one(ApiKey, key_id, populate_existing=True).last_used_at
    assert (busy.scopes, free.scopes) == ([COURSES_READ], [COURSES_READ])
    assert (unnoted, noted) == (None, NOW)


def test_over_http_nobody_else_is_let_in(
    address: str, session: Session, course: Context
) -> None:
    _, too_little = a_key(session, course, COURSES_READ)
    _, elsewhere = a_key(session, a_live_course(session))
    gone, over = a_key(session, course)
    revoke(session, gone, NOW)
    session.commit()

    answers = [
        status_of(address, token)
        for token in (None, "laurel_unknown", elsewhere, over, too_little)
    ]

    assert answers == [401, 401, 401, 401, 403]
