"""The token endpoint and who may call the services."""

import math
import re
from typing import TYPE_CHECKING, Any

from flask import Request, Response

from campus import access
from campus.records import Course, Tool
from campus.vocabulary import CLIENT_ASSERTION_TYPE
from campus.wire import Refused, RefusedPage, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

JWT_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
ASSERTION_CLAIMS = ("iss", "sub", "aud", "iat", "exp", "jti")
TYPES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    412: "precondition_failed",
    422: "unprocessable_entity",
}
NOT_FOUND = "The specified resource does not exist."
"""Canvas words a missing record differently from its other errors."""

REJECTIONS = {
    access.Flaw.MALFORMED: (400, "invalid_request", "JWT is invalid"),
    access.Flaw.UNKNOWN_CLIENT: (401, "invalid_client", "unknown client"),
    access.Flaw.UNKNOWN_KEY: (400, "invalid_request", "JWT kid is not known"),
    access.Flaw.BAD_SIGNATURE: (400, "invalid_request", "JWS signature invalid."),
    access.Flaw.EXPIRED: (400, "invalid_request", "the JWT has expired"),
}


class _TokenRefused(Exception):
    def __init__(self, status: int, error: str, description: str) -> None:
        self.status = status
        self.body = {"error": error, "error_description": description}


def token(campus: "Campus", request: Request) -> Response:
    """Grant exactly the scopes asked; one too many and none is granted."""
    try:
        tool = _client(campus, request)
        scopes = _scopes(request, tool)
    except _TokenRefused as refused:
        return json_answer(refused.body, status=refused.status)
    value = campus.shape.new_token(campus, tool, scopes)
    campus.issue_token(tool, scopes, value)
    return json_answer(
        {
            "access_token": value,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": " ".join(scopes),
        }
    )


def entitled(campus: "Campus", request: Request, *scopes: str) -> Tool:
    """Return the calling tool; a missing scope is 401, as everything else."""
    value = access.bearer_token(request)
    if value is None:
        raise Refused(401, "Missing access token")
    if not JWT_FORM.fullmatch(value):
        raise Refused(401, "Invalid access token format")
    granted = campus.find_token(value)
    if granted is None:
        raise Refused(401, "Access token invalid - signature likely incorrect")
    if access.is_expired(campus, granted):
        raise Refused(401, "Access token expired")
    caller = campus.find_tool(granted.client_id)
    if caller is None or not caller.active:
        raise Refused(401, "Unknown or inactive Developer Key")
    if not set(scopes) & set(granted.scopes):
        raise Refused(401, "Insufficient permissions")
    return caller


def course_numbered(campus: "Campus", number: int, tool: Tool) -> Course:
    """Return a course in which the tool is installed."""
    try:
        course = campus.course(number)
    except KeyError as error:
        raise Refused(404, "Context not found") from error
    if all(link.tool != tool.number for link in campus.links(course)):
        text = "Access Token not linked to a Tool associated with this Context"
        raise Refused(401, text)
    return course


def answer(body: object, media_type: str = "application/json") -> Response:
    """Answer with the cost of the request and what is left, as every service does."""
    response = json_answer(body, media_type)
    cost = math.log1p(len(response.get_data())) / 100
    response.headers["X-Request-Cost"] = f"{cost:.4f}"
    response.headers["X-Rate-Limit-Remaining"] = f"{600 - cost:.1f}"
    return response


def refusal(_request: Request, refused: Refused) -> Response:
    if isinstance(refused, RefusedPage):
        page = f"<!DOCTYPE html>\n<title>Page error</title>\n<p>{refused.reason}</p>"
        return Response(page, refused.status)
    body: dict[str, Any] = {
        "errors": {
            "type": TYPES.get(refused.status, "internal_server_error"),
            "message": refused.reason,
        }
    }
    if refused.reason == NOT_FOUND:
        body = {"errors": [{"message": NOT_FOUND}]}
    return json_answer(body, "application/json; charset=utf-8", status=refused.status)


def _client(campus: "Campus", request: Request) -> Tool:
    form = request.form
    if form.get("grant_type") != "client_credentials":
        text = "The grant type is not supported"
        raise _TokenRefused(400, "unsupported_grant_type", text)
    if form.get("client_assertion_type") != CLIENT_ASSERTION_TYPE:
        text = "client_assertion_type is invalid"
        raise _TokenRefused(400, "invalid_request", text)
    try:
        client = access.verify_assertion(campus, form.get("client_assertion", ""))
    except access.AssertionRejected as rejected:
        raise _TokenRefused(*REJECTIONS[rejected.flaw]) from rejected
    missing = [name for name in ASSERTION_CLAIMS if name not in client.claims]
    if missing:
        text = f"the following assertions are missing: {','.join(missing)}"
        raise _TokenRefused(400, "invalid_request", text)
    audience = client.claims["aud"]
    addresses = [audience] if isinstance(audience, str) else audience
    if campus.endpoints.token not in addresses:
        raise _TokenRefused(400, "invalid_request", "the aud is invalid")
    if not campus.spend_once(f"jti:{client.tool.client_id}:{client.claims['jti']}"):
        raise _TokenRefused(400, "invalid_request", "the jti is invalid")
    return client.tool


def _scopes(request: Request, tool: Tool) -> tuple[str, ...]:
    asked = access.requested_scopes(request)
    unknown = [scope for scope in asked if scope not in tool.scopes]
    if unknown or not asked:
        text = f"A requested scope is invalid or not granted: {', '.join(unknown)}"
        raise _TokenRefused(400, "invalid_scope", text)
    return asked
