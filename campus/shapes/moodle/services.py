"""`services.php` and `token.php`: who may call, and how Moodle words a refusal."""

from typing import TYPE_CHECKING, NoReturn

from flask import Request, Response

from campus import access
from campus.records import Course, Tool
from campus.vocabulary import CLIENT_ASSERTION_TYPE
from campus.wire import Refused, RefusedPage, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

UTF8 = "; charset=utf-8"
SERVICES = "/mod/lti/services.php"

# The texts are those of the exceptions Moodle lets through.
REJECTIONS = {
    access.Flaw.MALFORMED: "invalid_request",
    access.Flaw.UNKNOWN_CLIENT: "invalid_client",
    access.Flaw.UNKNOWN_KEY: '"kid" invalid, unable to lookup correct key',
    access.Flaw.BAD_SIGNATURE: "Signature verification failed",
    access.Flaw.EXPIRED: "Expired token",
}


def token(campus: "Campus", request: Request) -> Response:
    """Grant what is known of the scopes asked; `aud`, `iss` and `jti` go unchecked."""
    try:
        tool = _client(campus, request)
    except access.AssertionRejected as rejected:
        return _token_error(REJECTIONS[rejected.flaw])
    except Refused as refused:
        return _token_error(refused.reason)
    asked = access.requested_scopes(request)
    granted = tuple(scope for scope in tool.scopes if scope in asked)
    if not granted:
        return _token_error("invalid_scope")
    value = campus.shape.new_token(campus, tool, granted)
    campus.issue_token(tool, granted, value)
    return Response(
        f'{{\n  "access_token" : "{value}",\n  "token_type" : "Bearer",\n'
        f'  "expires_in" : 3600,\n  "scope" : "{" ".join(granted)}"\n}}'
    )


def entitled(
    campus: "Campus", request: Request, tool: int | None, *scopes: str
) -> Tool:
    """Return the calling tool; anything wrong is 401, a missing scope as well."""
    value = access.bearer_token(request)
    granted = campus.find_token(value) if value else None
    if granted is None or access.is_expired(campus, granted):
        raise Refused(401, "Unauthorized")
    caller = campus.find_tool(granted.client_id)
    if caller is None or not set(scopes) & set(granted.scopes):
        raise Refused(401, "Unauthorized")
    if tool not in (None, caller.number):
        raise Refused(401, "Unauthorized")
    return caller


def course_numbered(campus: "Campus", number: int) -> Course:
    try:
        return campus.course(number)
    except KeyError as error:
        raise Refused(404, f"Not Found: Course {number} doesn't exist") from error


def accept(request: Request, *media_types: str) -> str:
    """Return the media type asked for, exactly one; `*/*` takes the first."""
    wanted = request.headers.get("Accept", "*/*")
    if wanted in ("*/*", ""):
        return media_types[0]
    if wanted not in media_types:
        _no_handler(request)
    return wanted


def content_type(request: Request, media_type: str) -> None:
    """Insist on a media type, whatever its parameters."""
    if request.mimetype != media_type:
        _no_handler(request)


def refusal(request: Request, refused: Refused) -> Response:
    """Say it in the reason phrase and once more in JSON, as `services.php` does."""
    if isinstance(refused, RefusedPage):
        page = f"<!DOCTYPE html>\n<title>Error | site</title>\n<p>{refused.reason}</p>"
        return Response(page, refused.status)
    body = {
        "status": refused.status,
        "reason": refused.reason,
        "request": {
            "method": request.method,
            "url": request.full_path.rstrip("?"),
            "accept": request.headers.get("Accept", ""),
            "contentType": request.headers.get("Content-Type", ""),
        },
    }
    status = f"{refused.status} {refused.reason}".strip()
    return json_answer(body, "application/json" + UTF8, status=status)


def whole(value: float) -> int | float:
    """Write a whole number without a fraction, as PHP does."""
    return int(value) if float(value).is_integer() else value


def _client(campus: "Campus", request: Request) -> Tool:
    form = request.form
    if not all(
        form.get(name)
        for name in (
            "client_assertion",
            "client_assertion_type",
            "grant_type",
            "scope",
        )
    ):
        raise Refused(400, "invalid_request")
    if form["grant_type"] != "client_credentials":
        raise Refused(400, "unsupported_grant_type")
    if form["client_assertion_type"] != CLIENT_ASSERTION_TYPE:
        raise Refused(400, "invalid_request")
    return access.verify_assertion(campus, form["client_assertion"]).tool


def _token_error(error: str) -> Response:
    # Moodle does not escape the quotes in its own text: not always valid JSON.
    return Response(f'{{\n  "error" : "{error}"\n}}', 400)


def _no_handler(request: Request) -> NoReturn:
    path = request.path.removeprefix(SERVICES)
    reads = request.method == "GET"
    wanted = request.headers.get("Accept", "").replace("*/*", "") if reads else ""
    sent = request.headers.get("Content-Type", "")
    raise Refused(400, f"No handler found for {path} {wanted} {sent}")
