"""Badges for an assistant, asked through the SDK's own client."""

import asyncio
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from mcp import Client, StdioServerParameters
from sqlalchemy.orm import Session

from config import ROOT, Config
from models import Membership
from tests.factories import a_member, a_tenant
from tests.support.launches import a_caller, a_live_course, hand_in
from tests.support.markup import text_of
from views.mcp import NoSuchTenant, server_for


def run(asked: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 -- whatever it returns
    """Run it in a thread of its own: in this one Playwright's loop may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result()


def call(app: OpenAPI, tenant: str, **arguments: str) -> Any:  # noqa: ANN401 -- the SDK's result
    async def asked() -> Any:  # noqa: ANN401 -- the SDK's result
        async with Client(server_for(app, tenant)) as client:
            return await client.call_tool("user_badges", arguments)

    return run(asked())


def refusal(app: OpenAPI, tenant: str, **arguments: str) -> str:
    result = call(app, tenant, **arguments)
    assert result.is_error
    text: str = result.content[0].text
    return text


@pytest.fixture
def ada(session: Session) -> Membership:
    """Let Ada have earned two badges in a course of her tenant."""
    ada = a_member(session, of=a_live_course(session, title="Biology"), name="Ada")
    hand_in(session, ada, times=14)
    session.commit()
    return ada


@pytest.mark.demand("A22")
def test_the_three_faces_tell_one_truth(
    app: OpenAPI, client: FlaskClient, session: Session, ada: Membership
) -> None:
    caller = a_caller(session, client, member=ada)

    api = caller.get("/api/me/badges").json
    tool = call(app, ada.context.tenant.key, user_id=ada.user.public_id)
    page = text_of(caller.get("/panel/overview").text)

    assert api is not None
    assert tool.structured_content == {
        "user_id": ada.user.public_id,
        "courses": [{"course": ada.context.public_id, "title": "Biology", **api}],
    }
    for badge in api["badges"]:
        shown = (
            f"{badge['label']} Earned"
            if badge["earned"]
            else f"{badge['label']} {badge['progress']} of {badge['threshold']}"
        )
        assert shown in page


@pytest.mark.demand("A21", "A36")
def test_a_person_of_another_tenant_is_no_such_user(
    app: OpenAPI, session: Session, ada: Membership
) -> None:
    other = a_tenant(session, key="other")
    session.commit()

    stranger = refusal(app, other.key, user_id=ada.user.public_id)
    nobody = refusal(app, other.key, user_id="nobody-of-this-name")

    assert stranger == nobody
    assert "There is no such user in this tenant." in stranger


def test_another_person_of_the_same_name_and_platform_id_is_not_told_of(
    app: OpenAPI, session: Session, ada: Membership
) -> None:
    twin = a_member(session, of=a_live_course(session), name="Ada")
    session.commit()

    mine = call(app, ada.context.tenant.key, user_id=ada.user.public_id)

    assert twin.user.public_id not in str(mine.structured_content)
    assert len(mine.structured_content["courses"]) == 1


def test_one_course_can_be_asked_for(
    app: OpenAPI, session: Session, ada: Membership
) -> None:
    tenant, here = ada.context.tenant.key, ada.context
    second = a_live_course(session, registration=here.registration)
    session.add(
        Membership(
            context_id=second.id, user_id=ada.user_id, first_seen_at=ada.first_seen_at
        )
    )
    elsewhere = a_live_course(session)
    session.commit()
    who = ada.user.public_id

    both = call(app, tenant, user_id=who).structured_content["courses"]
    one = call(app, tenant, user_id=who, course=second.public_id)
    none = refusal(app, tenant, user_id=who, course=elsewhere.public_id)

    assert [course["course"] for course in both] == [here.public_id, second.public_id]
    assert one.structured_content["courses"] == both[1:]
    assert "This user is in no such course." in none


def test_a_course_that_is_off_has_no_badges(
    app: OpenAPI, session: Session, ada: Membership
) -> None:
    ada.context.enabled = False
    session.commit()

    told = call(app, ada.context.tenant.key, user_id=ada.user.public_id)

    course = told.structured_content["courses"][0]
    assert (course["enabled"], course["badges"]) == (False, [])


def test_an_id_that_cannot_be_one_is_refused(app: OpenAPI, ada: Membership) -> None:
    tenant = ada.context.tenant.key

    assert "pattern" in refusal(app, tenant, user_id="\x00' OR 1=1")


def test_a_tenant_that_does_not_exist_has_no_server(app: OpenAPI) -> None:
    with pytest.raises(NoSuchTenant):
        server_for(app, "nowhere")


def test_the_command_says_which_tenant_is_missing(app: OpenAPI) -> None:
    result = app.test_cli_runner().invoke(args=["mcp", "--tenant", "nowhere"])

    assert result.exit_code == 1
    assert "There is no tenant nowhere." in result.output


def test_the_tools_say_that_they_only_read(app: OpenAPI, ada: Membership) -> None:
    async def listed() -> Any:  # noqa: ANN401 -- the SDK's result
        async with Client(server_for(app, ada.context.tenant.key)) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in run(listed())}

    asked = {name: tool.input_schema.get("required") for name, tool in tools.items()}
    assert asked == {
        "user_badges": ["user_id"],
        "course_badges": ["course"],
        "leaderboard": ["course"],
        "explain_badge": ["user_id", "badge", "course"],
    }
    assert all(tool.annotations.read_only_hint is True for tool in tools.values())


def test_the_command_speaks_the_protocol_over_standard_input_and_output(
    config: Config, ada: Membership
) -> None:
    environment = {
        "LAUREL_ENV": "development",
        "DATABASE_URL": config.database_url,
        "INSTANCE_PATH": str(config.instance),
        "GAMIFICATION_ENABLED": "true",
        "SECRET_KEY": config.secret_key,
        "ENCRYPTION_KEYS": ",".join(config.encryption_keys),
    }
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "flask", "mcp", "--tenant", ada.context.tenant.key],
        env=environment,
        cwd=ROOT,
    )

    async def asked() -> Any:  # noqa: ANN401 -- the SDK's result
        async with Client(server) as client:
            return await client.call_tool("user_badges", {"user_id": who})

    who = ada.user.public_id
    told = run(asked()).structured_content

    earned = [badge["key"] for badge in told["courses"][0]["badges"] if badge["earned"]]
    assert earned == ["first_contribution", "contributor"]
