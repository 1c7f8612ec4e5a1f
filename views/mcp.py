"""Badges for an assistant: the Model Context Protocol, over two transports.

The same functions as the API and the pages; read-only; one tenant a process.
https://modelcontextprotocol.io/specification
"""

from typing import Annotated, Literal

from flask import Flask
from mcp.server.auth.provider import TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import AnyHttpUrl, Field

from gamification.awards.explaining import explain, member_of
from gamification.awards.offers import offered
from gamification.awards.portfolio import course_of, is_tenant, portfolio
from gamification.catalog.definitions import KEY
from gamification.standings import NoSuchPeriod, Wanted
from jobs.api_keys import COURSES_READ, PEOPLE_READ
from jobs.clock import now
from models import Context
from models.db import db
from views.api.badges import badge_in, badges_in
from views.mcp_schemas import (
    CourseBadges,
    CourseBoard,
    Explained,
    UserBadges,
    board_in,
)
from views.outside import board_from_outside
from views.pages import settings, switch_now
from views.whys import why

STRANGER = "There is no such user in this tenant."
NO_SUCH_COURSE = "This user is in no such course."
NO_COURSE = "There is no such course in this tenant."
NO_MEMBER = "There is no such user in this course."
NO_TERM = "The course has no dates of its term: ask for all, week or month."
NO_BADGE = "There is no such badge in this course, or it is off there."
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
INSTRUCTIONS = (
    "Badges, progress and leaderboards of one organisation's courses; read-only. "
    "Ids are Laurel's. A leaderboard has aliases alone, and five people or more."
)
SCOPES = [COURSES_READ, PEOPLE_READ]
"""What an API key needs where the server is asked over HTTP."""

ID = "^[A-Za-z0-9_-]+$"
UserId = Annotated[
    str, Field(max_length=64, pattern=ID, description="Laurel's id of a user.")
]
CourseId = Annotated[
    str, Field(max_length=64, pattern=ID, description="Laurel's id of a course.")
]
BadgeKey = Annotated[
    str, Field(pattern=f"^{KEY.pattern}$", description="A badge's key.")
]
Period = Literal["all", "term", "week", "month"]


class NoSuchTenant(LookupError):
    """There is no tenant of this key."""


def server_for(
    app: Flask, tenant_key: str, *, by_key: TokenVerifier | None = None
) -> MCPServer:
    """Return a server that knows one tenant's people and nobody else.

    With `by_key` it lets in, over HTTP, whoever that verifies. Raises NoSuchTenant.
    """
    with app.app_context():
        if not is_tenant(db.session(), tenant_key):
            raise NoSuchTenant(tenant_key)
        public_url = settings().public_url
    server = MCPServer(
        "laurel",
        instructions=INSTRUCTIONS,
        token_verifier=by_key,
        auth=_auth(public_url) if by_key else None,
    )
    _add_tools_of_people(server, app, tenant_key)
    _add_tools_of_courses(server, app, tenant_key)
    return server


def _add_tools_of_people(server: MCPServer, app: Flask, tenant_key: str) -> None:

    @server.tool(annotations=READS, structured_output=True)
    def user_badges(user_id: UserId, course: CourseId | None = None) -> UserBadges:
        """List a user's badges, earned and not, in their courses or in one."""
        with app.app_context():
            return _user_badges(tenant_key, user_id, course)

    @server.tool(annotations=READS, structured_output=True)
    def explain_badge(user_id: UserId, badge: BadgeKey, course: CourseId) -> Explained:
        """Say why a user has a badge, or what is still missing."""
        with app.app_context():
            return _explained(_course(tenant_key, course), user_id, badge)


def _add_tools_of_courses(server: MCPServer, app: Flask, tenant_key: str) -> None:

    @server.tool(annotations=READS, structured_output=True)
    def course_badges(course: CourseId) -> CourseBadges:
        """List the badges that can be earned in a course, and what each asks for."""
        with app.app_context():
            return _course_badges(_course(tenant_key, course))

    @server.tool(annotations=READS, name="leaderboard", structured_output=True)
    def board(course: CourseId, period: Period = "all") -> CourseBoard:
        """Show the top of a course's leaderboard, by aliases: nobody's name or id."""
        with app.app_context():
            return _board(_course(tenant_key, course), period)


def _auth(public_url: str) -> AuthSettings:
    return AuthSettings(
        issuer_url=AnyHttpUrl(public_url),
        resource_server_url=None,
        required_scopes=SCOPES,
    )


def _course(tenant_key: str, course: str) -> Context:
    found = course_of(db.session(), tenant_key, course)
    if found is None:
        raise ToolError(NO_COURSE)
    return found


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


def _course_badges(context: Context) -> CourseBadges:
    roster = offered(db.session(), context, now(), switch=switch_now(context))
    return CourseBadges(
        course=context.public_id,
        title=context.title,
        **badges_in(roster).model_dump(),
    )


def _board(context: Context, period: Period) -> CourseBoard:
    try:
        return board_in(context, board_from_outside(context, Wanted(period)))
    except NoSuchPeriod:
        raise ToolError(NO_TERM) from None


def _explained(context: Context, user_id: str, badge: str) -> Explained:
    session = db.session()
    member = member_of(session, context.id, user_id)
    if member is None:
        raise ToolError(NO_MEMBER)
    found = explain(session, member, badge, now(), switch=switch_now(context))
    if found is None:
        raise ToolError(NO_BADGE)
    return Explained(
        user_id=user_id,
        course=context.public_id,
        badge=badge_in(found.standing),
        why=why(found, context.zone),
    )
