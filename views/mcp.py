"""Badges for an assistant: the Model Context Protocol over standard input and output.

The same functions as the API and the pages; one tenant a process.
https://modelcontextprotocol.io/specification
"""

from typing import Annotated

from flask import Flask
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from gamification.awards.portfolio import is_tenant, portfolio
from jobs.clock import now
from models.db import db
from views.api.badges import badges_in
from views.api.schemas import MyBadges
from views.pages import settings

STRANGER = "There is no such user in this tenant."
NO_SUCH_COURSE = "This user is in no such course."
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)

ID = "^[A-Za-z0-9_-]+$"
UserId = Annotated[
    str, Field(max_length=64, pattern=ID, description="Laurel's id of a user.")
]
CourseId = Annotated[str, Field(max_length=64, description="Laurel's id of a course.")]


class CourseBadges(MyBadges):
    """One course's badges, as `GET /api/me/badges` gives them to the user."""

    course: str
    title: str


class UserBadges(BaseModel):
    user_id: str
    courses: list[CourseBadges]


class NoSuchTenant(LookupError):
    """There is no tenant of this key."""


def server_for(app: Flask, tenant_key: str) -> MCPServer:
    """Return a server that knows one tenant's people and nobody else.

    Raises NoSuchTenant.
    """
    with app.app_context():
        if not is_tenant(db.session(), tenant_key):
            raise NoSuchTenant(tenant_key)
    server = MCPServer("laurel", instructions="Badges of learners; read-only.")

    @server.tool(annotations=READS, structured_output=True)
    def user_badges(user_id: UserId, course: CourseId | None = None) -> UserBadges:
        """List a user's badges, earned and not, in their courses or in one."""
        with app.app_context():
            return _user_badges(tenant_key, user_id, course)

    return server


def _user_badges(tenant_key: str, user_id: str, course: str | None) -> UserBadges:
    session = db.session()
    environment = settings().gamification_enabled
    found = portfolio(session, tenant_key, user_id, now(), environment=environment)
    if found is None:
        raise ToolError(STRANGER)
    wanted = [one for one in found if course in (None, one.context.public_id)]
    if course is not None and not wanted:
        raise ToolError(NO_SUCH_COURSE)
    return UserBadges(
        user_id=user_id,
        courses=[
            CourseBadges(
                course=one.context.public_id,
                title=one.context.title,
                **badges_in(one.roster).model_dump(),
            )
            for one in wanted
        ],
    )
