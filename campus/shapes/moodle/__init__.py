"""A platform that looks like Moodle 4.3."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Request, Response

from campus.forms import authorization_page
from campus.records import Course, Launch, LineItem, Link, Tool
from campus.shapes.base import Endpoints, Shape
from campus.shapes.moodle import (
    claims,
    columns,
    grades,
    linking,
    oidc,
    registration,
    roster,
    services,
)
from campus.shapes.moodle.services import SERVICES, UTF8
from campus.tokens import Claims
from campus.wire import FormPost, Refused, Route, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

AUTHORIZATION = "/mod/lti/auth.php"
ACCESS = "/mod/lti/token.php"
JWKS = "/mod/lti/certs.php"
MEMBERS = SERVICES + "/CourseSection/<int:course>/bindings/<int:tool>/memberships"
ITEMS = SERVICES + "/<int:course>/lineitems"
ITEM = ITEMS + "/<int:item>/lineitem"


def _jwks(campus: "Campus", _request: Request) -> Response:
    return json_answer(campus.keys.jwks, "application/json" + UTF8)


class Moodle(Shape):
    name = "moodle"
    id_token_lifetime = timedelta(seconds=60)
    answers_messages = False
    routes = (
        Route("authorize", AUTHORIZATION, authorization_page, ("GET", "POST")),
        Route("jwks", JWKS, _jwks),
        Route("configuration", registration.CONFIGURATION, registration.configuration),
        Route("register", registration.REGISTRATION, registration.register, ("POST",)),
        Route("token", ACCESS, services.token, ("POST",)),
        Route("memberships", MEMBERS, roster.memberships),
        Route("lineitems", ITEMS, grades.line_items),
        Route("lineitem", ITEM, grades.line_item),
        Route("create_lineitem", ITEMS, columns.create, ("POST",)),
        Route("update_lineitem", ITEM, columns.update, ("PUT",)),
        Route("delete_lineitem", ITEM, columns.delete, ("DELETE",)),
        Route("results", ITEM + "/results", grades.results),
        Route("scores", ITEM + "/scores", grades.scores, ("POST",)),
        Route("links", linking.RETURN, linking.returned, ("POST",)),
    )

    def new_kid(self, _now: datetime) -> str:
        return secrets.token_hex(10)

    def subject(self, number: int, _seed: int) -> str:
        return str(number)

    def legacy_id(self, _number: int, _seed: int) -> str:
        return ""

    def context_id(self, number: int, _seed: int) -> str:
        return str(number)

    def link_id(self, link: Link, _course: Course, _seed: int) -> str:
        return str(link.number)

    def deployment_id(self, number: int, _seed: int) -> str:
        return str(number)

    def launch_id(self, launch: Launch) -> str:
        if launch.is_for_links:
            number = secrets.randbelow(10**30)
            return f"ltilaunch_ContentItemSelectionRequest{number}"
        return f"ltilaunch{launch.link.number}_{secrets.randbelow(10**30)}"

    def new_token(
        self, _campus: "Campus", _tool: Tool, _scopes: tuple[str, ...]
    ) -> str:
        return secrets.token_hex(16)

    def endpoints(self, campus: "Campus") -> Endpoints:
        return Endpoints(
            issuer=campus.issuer,
            authorization=campus.base_url + AUTHORIZATION,
            token=campus.base_url + ACCESS,
            jwks=campus.base_url + JWKS,
        )

    def registration_query(self, campus: "Campus") -> dict[str, str]:
        return registration.query(campus)

    def memberships_url(self, campus: "Campus", course: Course, tool: Tool) -> str:
        section = f"{SERVICES}/CourseSection/{course.number}"
        return f"{campus.base_url}{section}/bindings/{tool.number}/memberships"

    def line_items_url(self, campus: "Campus", course: Course, tool: Tool) -> str:
        items = f"{SERVICES}/{course.number}/lineitems"
        return f"{campus.base_url}{items}?type_id={tool.number}"

    def line_item_url(self, campus: "Campus", item: LineItem, tool: Tool) -> str:
        items = f"{SERVICES}/{item.course}/lineitems"
        address = f"{items}/{item.number}/lineitem?type_id={tool.number}"
        return campus.base_url + address

    def login_form(self, campus: "Campus", launch: Launch) -> dict[str, str]:
        return oidc.login_form(campus, launch)

    def authorize(self, campus: "Campus", parameters: dict[str, str]) -> FormPost:
        return oidc.authorize(campus, parameters)

    def claims(self, campus: "Campus", launch: Launch) -> Claims:
        return claims.claims(campus, launch)

    def linking_settings(self, campus: "Campus", launch: Launch) -> Claims:
        return linking.settings(campus, launch)

    def refusal(self, request: Request, refused: Refused) -> Response:
        return services.refusal(request, refused)
