"""Launching a tool: what the browser carries to it, step by step.

launch = campus.begin(Launch(tool=…, course=…, person=…, link=…))
login_form(campus, launch)        parameters of the POST to `tool.login_url`
authorize(campus, parameters)     the form post that answers the tool's request
claims_for(campus, launch, "n1")  the claims alone, to be signed or bent by a test
"""

from typing import TYPE_CHECKING

from campus import vocabulary as lti
from campus.records import Launch
from campus.tokens import Claims
from campus.wire import FormPost

if TYPE_CHECKING:
    from campus.state import Campus


def login_form(campus: "Campus", launch: Launch) -> dict[str, str]:
    """Return the parameters of the login initiation (Core 4.1, Security 5.1.1.1)."""
    return campus.shape.login_form(campus, launch)


def authorize(campus: "Campus", parameters: dict[str, str]) -> FormPost:
    """Answer the tool's authentication request (Security Framework 5.1.1.2).

    A launch is answered once. Raises Refused for what only the person gets to see.
    """
    return campus.shape.authorize(campus, parameters)


def claims_for(campus: "Campus", launch: Launch, nonce: str) -> Claims:
    """Return the claims of an id_token issued now, in this campus's shape."""
    issued = int(campus.now().timestamp())
    return {
        "nonce": nonce,
        "iat": issued,
        "exp": issued + int(campus.shape.id_token_lifetime.total_seconds()),
        "iss": campus.issuer,
        "aud": launch.tool.client_id,
        lti.DEPLOYMENT_ID: launch.deployment_id,
        lti.TARGET_LINK_URI: launch.target_link_uri,
        lti.MESSAGE_TYPE: launch.message_type,
        lti.VERSION: "1.3.0",
        **campus.shape.claims(campus, launch),
    }
