"""A platform that looks like Canvas; `campus.quirks` says which version and setting."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from flask import Request, Response

from campus.forms import authorization_page
from campus.records import Course, Launch, LineItem, Link, Tool
from campus.shapes.base import Endpoints, Shape
from campus.shapes.canvas import (
    claims,
    columns,
    grades,
    linking,
    oidc,
    registration,
    roster,
    services,
)
from campus.tokens import Claims, signed
from campus.wire import FormPost, Refused, Route, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

AUTHORIZE = "/api/lti/authorize"
AUTHORIZE_REDIRECT = "/api/lti/authorize_redirect"
ACCESS = "/login/oauth2/token"
JWKS = "/api/lti/security/jwks"
COURSE = "/api/lti/courses/<int:course>"
ITEMS = COURSE + "/line_items"
ITEM = ITEMS + "/<int:item>"
BOTH = ("GET", "POST")


def _authorize_redirect(campus: "Campus", request: Request) -> Response:
    """Send the browser on to the institution's own host, parameters and all."""
    query = urlencode(request.values.to_dict())
    headers = {"Location": f"{campus.base_url}{AUTHORIZE}?{query}"}
    return Response(status=HTTPStatus.FOUND, headers=headers)


def _jwks(campus: "Campus", _request: Request) -> Response:
    answer = json_answer(campus.keys.jwks, "application/json; charset=utf-8")
    answer.headers["Cache-Control"] = "max-age=3600, private"
    return answer


class Canvas(Shape):
    name = "canvas"
    id_token_lifetime = timedelta(hours=1)
    answers_messages = True
    link_custom: ClassVar[dict[str, str]] = {"panel": "overview"}
    linking_placement = "link_selection"
    routes = (
        Route("authorize_redirect", AUTHORIZE_REDIRECT, _authorize_redirect, BOTH),
        Route("authorize", AUTHORIZE, authorization_page, BOTH),
        Route("jwks", JWKS, _jwks),
        Route("configuration", registration.CONFIGURATION, registration.configuration),
        Route("register", registration.REGISTRATIONS, registration.register, ("POST",)),
        Route(
            "update_registration",
            registration.REGISTRATION,
            registration.update,
            ("PUT",),
        ),
        Route("token", ACCESS, services.token, ("POST",)),
        Route("memberships", COURSE + "/names_and_roles", roster.memberships),
        Route("lineitems", ITEMS, grades.line_items),
        Route("lineitem", ITEM, grades.line_item),
        Route("create_lineitem", ITEMS, columns.create, ("POST",)),
        Route("update_lineitem", ITEM, columns.update, ("PUT",)),
        Route("delete_lineitem", ITEM, columns.delete, ("DELETE",)),
        Route("results", ITEM + "/results", grades.results),
        Route("result", ITEM + "/results/<int:result>", grades.result),
        Route("scores", ITEM + "/scores", grades.scores, ("POST",)),
        Route("links", linking.RETURN, linking.returned, ("POST",)),
    )

    def new_kid(self, now: datetime) -> str:
        return f"{now:%Y-%m-%dT%H:%M:%SZ}_{uuid.uuid4()}"

    def subject(self, number: int, seed: int) -> str:
        return str(uuid.UUID(hex=_digest("sub", number, seed)[:32], version=4))

    def legacy_id(self, number: int, seed: int) -> str:
        return _digest("user", number, seed)

    def context_id(self, number: int, seed: int) -> str:
        return _digest("course", number, seed)

    def link_id(self, link: Link, course: Course, seed: int) -> str:
        # What opens from the course menu is the course itself.
        if link.placement is not None:
            return course.context_id
        return str(uuid.UUID(hex=_digest("link", link.number, seed)[:32], version=4))

    def deployment_id(self, number: int, seed: int) -> str:
        return f"{number + 4}:{_digest('account', 1, seed)}"

    def launch_id(self, _launch: Launch) -> str:
        return secrets.token_hex(64)

    def new_token(self, campus: "Campus", tool: Tool, scopes: tuple[str, ...]) -> str:
        issued = int(campus.now().timestamp())
        grant = {
            "iss": campus.base_url,
            "sub": tool.client_id,
            "aud": campus.base_url + ACCESS,
            "iat": issued,
            "exp": issued + 3600,
            "jti": str(uuid.uuid4()),
            "scopes": " ".join(scopes),
        }
        return signed({"typ": "JWT", "alg": "HS256"}, grant, campus.secret.encode())

    def endpoints(self, campus: "Campus") -> Endpoints:
        return Endpoints(
            issuer=campus.issuer,
            authorization=campus.base_url + AUTHORIZE_REDIRECT,
            token=campus.base_url + ACCESS,
            jwks=campus.base_url + JWKS,
        )

    def registration_query(self, campus: "Campus") -> dict[str, str]:
        return registration.query(campus)

    def memberships_url(self, campus: "Campus", course: Course, _tool: Tool) -> str:
        return f"{campus.base_url}/api/lti/courses/{course.number}/names_and_roles"

    def line_items_url(self, campus: "Campus", course: Course, _tool: Tool) -> str:
        return f"{campus.base_url}/api/lti/courses/{course.number}/line_items"

    def line_item_url(self, campus: "Campus", item: LineItem, _tool: Tool) -> str:
        items = f"/api/lti/courses/{item.course}/line_items"
        return f"{campus.base_url}{items}/{item.number}"

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


def _digest(kind: str, number: int, seed: int) -> str:
    """Return forty stable hexadecimal digits."""
    return hashlib.sha256(f"{kind}:{number}:{seed}".encode()).hexdigest()[:40]
