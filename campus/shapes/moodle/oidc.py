"""The login initiation and `auth.php`, as recorded and read in Moodle 4.3."""

import json
from typing import TYPE_CHECKING

from campus.launches import claims_for
from campus.records import Launch
from campus.tokens import id_token
from campus.wire import FormPost, RefusedPage

if TYPE_CHECKING:
    from campus.state import Campus

NEEDED = ("scope", "response_type", "client_id", "redirect_uri", "login_hint", "nonce")


class _Denied(Exception):
    """An error the tool is told of."""

    def __init__(self, error: str, description: str = "") -> None:
        self.error = error
        self.description = description


def login_form(campus: "Campus", launch: Launch) -> dict[str, str]:
    hint: dict[str, object] = {"launchid": launch.id}
    if not launch.is_for_links:
        hint = {"cmid": launch.link.number + 9, **hint}
    return {
        "iss": campus.issuer,
        "target_link_uri": launch.target_link_uri,
        "login_hint": launch.person.sub if launch.person else "",
        "lti_message_hint": json.dumps(hint, separators=(",", ":")),
        "client_id": launch.tool.client_id,
        "lti_deployment_id": launch.deployment_id,
    }


def authorize(campus: "Campus", parameters: dict[str, str]) -> FormPost:
    """Answer in the order of `auth.php`.

    Whatever is wrong, an unknown launch or redirect_uri comes first: without them
    nobody can be trusted with the answer, so the person sees an error page.
    """
    launch = _take_launch(campus, parameters)
    if launch is None:
        raise RefusedPage(404, "Invalid request")
    redirect_uri = parameters.get("redirect_uri", "")
    if redirect_uri not in launch.tool.redirect_uris:
        raise RefusedPage(404, "Invalid request")
    try:
        _check(launch, parameters)
    except _Denied as denied:
        answer = {"error": denied.error}
        if denied.description:
            answer["error_description"] = denied.description
    else:
        claims = claims_for(campus, launch, parameters["nonce"])
        answer = {"id_token": id_token(campus, claims)}
    if "state" in parameters:
        answer["state"] = parameters["state"]
    return FormPost(redirect_uri, answer)


def _take_launch(campus: "Campus", parameters: dict[str, str]) -> Launch | None:
    if not all(parameters.get(name) for name in NEEDED):
        return None
    try:
        hint = json.loads(parameters.get("lti_message_hint", ""))
    except ValueError:
        return None
    if not isinstance(hint, dict):
        return None
    return campus.take_launch(str(hint.get("launchid", "")))


def _check(launch: Launch, parameters: dict[str, str]) -> None:
    expected = (
        ("scope", "openid", _Denied("invalid_scope")),
        ("response_type", "id_token", _Denied("unsupported_response_type")),
        ("client_id", launch.tool.client_id, _Denied("unauthorized_client")),
        (
            "login_hint",
            launch.person.sub if launch.person else "",
            _Denied("access_denied"),
        ),
        (
            "response_mode",
            "form_post",
            _Denied("invalid_request", "Invalid response_mode"),
        ),
        ("prompt", "none", _Denied("invalid_request", "Invalid prompt")),
    )
    for name, value, denied in expected:
        if parameters.get(name) != value:
            raise denied
