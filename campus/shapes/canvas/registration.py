"""`/api/lti/security/openid-configuration` and `/api/lti/registrations`."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from flask import Request, Response

from campus import registering
from campus import vocabulary as lti
from campus.access import bearer_token
from campus.registering import Token
from campus.shapes.canvas.services import entitled
from campus.tokens import signed
from campus.wire import Refused, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

CONFIGURATION = "/api/lti/security/openid-configuration"
REGISTRATIONS = "/api/lti/registrations"
REGISTRATION = REGISTRATIONS + "/<int:tool>"
SHARD = 10_000_000_000_000
PREFIX = "https://canvas.instructure.com/lti/"
CHANGE = "https://purl.imsglobal.org/spec/lti-reg/scope/registration"
SCOPES = (*lti.ALL_SCOPES, lti.NOTICES, f"{CHANGE}.readonly", CHANGE)
PLACEMENTS = {
    "LtiResourceLinkRequest": ["course_navigation", "account_navigation"],
    "LtiDeepLinkingRequest": [
        "assignment_selection",
        "editor_button",
        "link_selection",
        "module_index_menu_modal",
    ],
}
NEEDED = {
    "application_type": "web",
    "token_endpoint_auth_method": "private_key_jwt",
    "response_types": ["id_token"],
}
TEXTS = ("client_name", "jwks_uri", "initiate_login_uri", "scope")


def query(campus: "Campus") -> dict[str, str]:
    """Return what the tool's address is opened with; the token is in it twice."""
    now = campus.now()
    claims = {
        "uuid": str(uuid.uuid4()),
        "initiated_at": now.isoformat(),
        "root_account_domain": urlsplit(campus.base_url).netloc,
        "exp": int((now + timedelta(hours=1)).timestamp()),
    }
    token = signed({"typ": "JWT", "alg": "HS256"}, claims, campus.secret.encode())
    campus.desk.hand_out(token, now)
    own = urlencode({"registration_token": token})
    return {
        "openid_configuration": f"{campus.base_url}{CONFIGURATION}?{own}",
        "registration_token": token,
    }


def configuration(campus: "Campus", request: Request) -> Response:
    if not campus.desk.knows(request.args.get("registration_token", ""), campus.now()):
        error = "You must include the registration_token parameter."
        return json_answer({"error": f"Access token missing ({error})."}, status=401)
    endpoints = campus.endpoints
    messages = [
        {"type": kind, "placements": [PREFIX + name for name in names]}
        for kind, names in PLACEMENTS.items()
    ]
    body = {
        "issuer": endpoints.issuer,
        "authorization_endpoint": endpoints.authorization,
        "registration_endpoint": campus.base_url + REGISTRATIONS,
        "jwks_uri": endpoints.jwks,
        "token_endpoint": endpoints.token,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", *SCOPES],
        "response_types_supported": ["id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "email", "name", "given_name", "family_name"],
        "subject_types_supported": ["public"],
        "authorization_server": urlsplit(campus.base_url).netloc,
        lti.PLATFORM_CONFIGURATION: {
            "product_family_code": "canvas",
            "version": "OpenSource",
            "messages_supported": messages,
            "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice"],
            "variables": ["Context.id.history", "Canvas.user.id"],
            f"{PREFIX}account_name": "Northfield Campus",
            f"{PREFIX}account_domain": urlsplit(campus.base_url).netloc,
        },
    }
    return json_answer(body, "application/json; charset=utf-8")


def register(campus: "Campus", request: Request) -> Response:
    worth = campus.desk.take(bearer_token(request) or "", campus.now())
    if worth is not Token.GOOD:
        error = "JWT did not include expected contents"
        return json_answer({"errorMessage": error}, status=401)
    asked = request.get_json(silent=True)
    faults = _faults(asked) if isinstance(asked, dict) else ["no JSON object"]
    if faults or not isinstance(asked, dict):
        return json_answer({"errors": faults}, status=422)
    client_id = str(SHARD + len(campus.tools) + 1)
    tool = registering.register(campus, asked, client_id)
    body = registering.echo(asked, tool) | {
        "scope": f"{' '.join(tool.scopes)} openid",
        lti.TOOL_CONFIGURATION: asked[lti.TOOL_CONFIGURATION],
        "registration_client_uri": f"{campus.base_url}{REGISTRATIONS}/{tool.number}",
        "deployment_id": tool.deployment_ids[0],
    }
    return json_answer(body, "application/json; charset=utf-8")


def update(campus: "Campus", request: Request, tool: int) -> Response:
    """Change a tool by its own word; here no administrator has to accept that."""
    caller = entitled(campus, request, CHANGE)
    if caller.number != tool:
        raise Refused(401, "Insufficient permissions")
    asked = request.get_json(silent=True)
    faults = _faults(asked) if isinstance(asked, dict) else ["no JSON object"]
    if faults or not isinstance(asked, dict):
        return json_answer({"errors": faults}, status=422)
    campus.change_tool(registering.described(caller, asked))
    return json_answer(registering.echo(asked, campus.tool(tool)))


def _faults(asked: Mapping[str, Any]) -> list[str]:
    faults = [name for name, value in NEEDED.items() if asked.get(name) != value]
    faults += [name for name in TEXTS if not isinstance(asked.get(name), str)]
    described = asked.get(lti.TOOL_CONFIGURATION)
    if not isinstance(described, dict) or not described.get("domain"):
        return [*faults, lti.TOOL_CONFIGURATION]
    unknown = set(str(asked.get("scope")).split()) - set(SCOPES)
    return faults + [f"Invalid scopes: {scope}" for scope in sorted(unknown)]
