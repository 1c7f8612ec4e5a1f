"""`openid-configuration.php` and `openid-registration.php`, as recorded."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Request, Response

from campus import registering
from campus import vocabulary as lti
from campus.access import bearer_token
from campus.registering import Token
from campus.shapes.moodle.services import UTF8
from campus.tokens import id_token
from campus.wire import RefusedPage, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

CONFIGURATION = "/mod/lti/openid-configuration.php"
REGISTRATION = "/mod/lti/openid-registration.php"
NEEDED = (
    lti.TOOL_CONFIGURATION,
    "jwks_uri",
    "initiate_login_uri",
    "redirect_uris",
    "client_name",
)
SCOPES = (*lti.ALL_SCOPES, "openid")


def query(campus: "Campus") -> dict[str, str]:
    """Return what the tool's address is opened with; the token is for one client."""
    now = campus.now()
    claims = {
        "sub": secrets.token_urlsafe(11),
        "scope": "reg",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=1)).timestamp()),
    }
    token = campus.desk.hand_out(id_token(campus, claims), now)
    return {
        "openid_configuration": campus.base_url + CONFIGURATION,
        "registration_token": token,
    }


def configuration(campus: "Campus", _request: Request) -> Response:
    endpoints = campus.endpoints
    body = {
        "issuer": endpoints.issuer,
        "token_endpoint": endpoints.token,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": endpoints.jwks,
        "authorization_endpoint": endpoints.authorization,
        "registration_endpoint": campus.base_url + REGISTRATION,
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": [
            "sub",
            "iss",
            "name",
            "given_name",
            "family_name",
            "email",
        ],
        lti.PLATFORM_CONFIGURATION: {
            "product_family_code": "moodle",
            "version": "4.3 (Build: 20231009)",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
            "variables": ["Context.id.history", "Moodle.Person.userGroupIds"],
        },
    }
    return json_answer(body, "application/json" + UTF8)


def register(campus: "Campus", request: Request) -> Response:
    """Answer in the order of `openid-registration.php`; errors are a bare word."""
    token = bearer_token(request)
    if token is None:
        return _word(401, "missing_registration_token")
    worth = campus.desk.take(token, campus.now())
    if worth is Token.USED:
        return _word(401, "token_already_used")
    asked = request.get_json(silent=True, force=True)
    if worth is Token.UNKNOWN or not isinstance(asked, dict):
        raise RefusedPage(404, "Invalid request")
    fault = _fault(asked)
    if fault:
        return _word(400, fault)
    tool = registering.register(campus, asked, secrets.token_urlsafe(11))
    known = tuple(scope for scope in tool.scopes if scope in lti.ALL_SCOPES)
    tool = replace(tool, scopes=known)
    campus.change_tool(tool)
    described = asked[lti.TOOL_CONFIGURATION]
    body = registering.echo(asked, tool) | {
        lti.TOOL_CONFIGURATION: {
            "version": "1.3.0",
            "deployment_id": tool.deployment_ids[0],
            "target_link_uri": tool.target_link_uri,
            "domain": described["domain"],
            "description": described.get("description", ""),
            "custom_parameters": dict(tool.custom),
            "claims": described.get("claims", []),
        }
    }
    return json_answer(body, "application/json" + UTF8)


def _fault(asked: Mapping[str, Any]) -> str | None:
    """Return the first thing that is wrong, in the script's order and words."""
    missing = [name for name in NEEDED if not asked.get(name)]
    if missing:
        return f"missing required attribute {missing[0]}"
    described = asked[lti.TOOL_CONFIGURATION]
    domain = described.get("domain", "")
    target = described.get("target_link_uri", f"https://{domain}")
    method = asked.get("token_endpoint_auth_method")
    faults = {
        "invalid_response_types": "id_token" not in asked.get("response_types", ()),
        "invalid_token_endpoint_auth_method": method != "private_key_jwt",
        "invalid_application_type": asked.get("application_type") != "web",
        "missing_domain": not domain,
        "domain_targetlinkuri_mismatch": urlsplit(target).netloc != domain,
    }
    return next((word for word, is_wrong in faults.items() if is_wrong), None)


def _word(status: int, word: str) -> Response:
    return Response(word, status, content_type="text/html" + UTF8)
