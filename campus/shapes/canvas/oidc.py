"""The login initiation and `/api/lti/authorize`."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import jwt

from campus.launches import claims_for
from campus.records import Launch, Tool
from campus.tokens import id_token, signed
from campus.wire import FormPost, RefusedPage

if TYPE_CHECKING:
    from campus.state import Campus

HINT_SECONDS = 300
NEEDED = (
    "client_id",
    "login_hint",
    "lti_message_hint",
    "nonce",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
)


class _Denied(Exception):
    """An error the tool is told of."""

    def __init__(self, error: str, description: str) -> None:
        self.fields = {"error": error, "error_description": description}


def login_form(campus: "Campus", launch: Launch) -> dict[str, str]:
    quirks = campus.quirks
    form = {
        "iss": campus.issuer,
        "login_hint": launch.person.legacy_id if launch.person else "",
        "client_id": launch.tool.client_id,
        "lti_deployment_id": launch.deployment_id,
        "target_link_uri": launch.target_link_uri,
        "lti_message_hint": _hint(campus, launch),
        "canvas_environment": "prod",
        "canvas_region": "not_configured",
    }
    if quirks.documented_names:
        form["deployment_id"] = form.pop("lti_deployment_id")
        form["canvas_environment"] = "production"
        form["canvas_region"] = "unknown"
    if not quirks.names_deployment_at_login:
        form.pop("deployment_id", None)
        form.pop("lti_deployment_id", None)
    if quirks.storage_target is not None:
        form["lti_storage_target"] = quirks.storage_target
    return form


def authorize(campus: "Campus", parameters: dict[str, str]) -> FormPost:
    """Answer with an id_token or an error; a bad hint or redirect_uri gets a page."""
    verifier = _verifier(campus, parameters.get("lti_message_hint", ""))
    tool = campus.find_tool(parameters.get("client_id", ""))
    redirect_uri = parameters.get("redirect_uri", "")
    if tool is None or not _is_registered(redirect_uri, tool):
        raise RefusedPage(400, "Invalid redirect_uri")
    try:
        launch = _checked_launch(campus, parameters, verifier)
    except _Denied as denied:
        answer = denied.fields
    else:
        claims = claims_for(campus, launch, parameters["nonce"])
        # What every form of the framework carries: a tool has to ignore them.
        answer = {
            "utf8": "\N{CHECK MARK}",
            "authenticity_token": "not-meant-for-the-tool",
            "id_token": id_token(campus, claims),
        }
        if campus.quirks.storage_target is not None:
            answer["lti_storage_target"] = campus.quirks.storage_target
    if "state" in parameters:
        answer["state"] = parameters["state"]
    return FormPost(redirect_uri, answer)


def _hint(campus: "Campus", launch: Launch) -> str:
    claims = {
        "verifier": launch.id,
        "canvas_domain": urlsplit(campus.base_url).netloc,
        "context_type": "Course",
        "context_id": 10_000_000_000_000 + launch.course.number,
        "canvas_locale": "en",
        "include_storage_target": campus.quirks.storage_target is not None,
        "exp": int(campus.now().timestamp()) + HINT_SECONDS,
    }
    header = {"typ": "JWT", "alg": "HS256"}
    return signed(header, claims, campus.secret.encode())


def _verifier(campus: "Campus", hint: str) -> str:
    try:
        claims = jwt.decode(
            hint, campus.secret, algorithms=["HS256"], options={"verify_exp": False}
        )
    except jwt.InvalidTokenError as error:
        raise RefusedPage(400, "Invalid lti_message_hint") from error
    if claims["exp"] <= campus.now().timestamp():
        raise RefusedPage(400, "Invalid lti_message_hint")
    return str(claims["verifier"])


def _is_registered(redirect_uri: str, tool: Tool) -> bool:
    """Compare up to the query; a registered query must be part of the given one."""
    asked, _, query = redirect_uri.partition("?")
    given = set(parse_qsl(query))
    return any(
        registered == asked and set(parse_qsl(demanded)) <= given
        for registered, _, demanded in (
            uri.partition("?") for uri in tool.redirect_uris
        )
    )


def _checked_launch(
    campus: "Campus", parameters: dict[str, str], verifier: str
) -> Launch:
    missing = [name for name in NEEDED if not parameters.get(name)]
    if missing:
        text = f"The following parameters are missing: {','.join(missing)}"
        raise _Denied("invalid_request_object", text)
    if parameters["scope"] != "openid":
        raise _Denied("invalid_request_object", "The 'scope' must be 'openid'")
    launch = campus.take_launch(verifier)
    if launch is None:
        text = "The launch has either expired or already been consumed"
        raise _Denied("launch_no_longer_valid", text)
    if launch.person and parameters["login_hint"] != launch.person.legacy_id:
        raise _Denied("login_required", "Must have an active user session")
    if parameters["client_id"] != launch.tool.client_id:
        text = "Client not authorized in requested context"
        raise _Denied("unauthorized_client", text)
    return launch
