"""What we ask a platform for: no more than we use, in its own words.

LTI Dynamic Registration 1.0, 3.4.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from lti.login import Door
from lti.platforms.base import Platform
from lti.registration.configuration import Configuration
from lti.registration.words import CHANGEABLE_SCOPES, CORE_SCOPES, TOOL

NAME = "Laurel"
DESCRIPTION = "Badges, progress and, if the course wants one, a leaderboard"
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "locale")
"""No e-mail address and no picture: nothing of ours shows them."""


def client_metadata(
    door: Door, platform: Platform, scopes: Sequence[str]
) -> dict[str, Any]:
    """Return our description for one platform, with a login address of its own."""
    url = door.public_url
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "client_name": NAME,
        "client_uri": url,
        "logo_uri": f"{url}/static/mark.svg",
        "jwks_uri": f"{url}/lti/jwks.json",
        "initiate_login_uri": f"{url}/lti/login/{door.registration}",
        "redirect_uris": [door.redirect_uri],
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        TOOL: tool_configuration(door, platform),
    }


def tool_configuration(door: Door, platform: Platform) -> dict[str, Any]:
    """Return what is LTI's own in our description."""
    target = door.redirect_uri
    return {
        "domain": urlsplit(door.public_url).netloc,
        "description": DESCRIPTION,
        "target_link_uri": target,
        "claims": list(CLAIMS),
        "custom_parameters": platform.custom_parameters(),
        "messages": platform.messages(target),
        **platform.tool_extensions(),
    }


def scopes_for(configuration: Configuration) -> list[str]:
    """Return the scopes we use and the platform has; an unknown one may be an error."""
    if configuration.scopes is None:
        return list(CORE_SCOPES)
    return [scope for scope in CHANGEABLE_SCOPES if scope in configuration.scopes]
