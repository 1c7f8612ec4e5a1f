"""The same settings for an administrator who pastes them one by one."""

from typing import Any
from urllib.parse import urlsplit

from lti.login import Door
from lti.platforms import canvas_tool
from lti.platforms.moodle import Moodle
from lti.registration.asking import DESCRIPTION, NAME
from lti.registration.words import SCOPES


def login_url(door: Door) -> str:
    """Return where logins begin; a registration has an address of its own."""
    own = f"/{door.registration}" if door.registration else ""
    return f"{door.public_url}/lti/login{own}"


def canvas_key(door: Door) -> dict[str, Any]:
    """Return what Canvas's "LTI Key" takes, pasted or by its address.

    https://github.com/instructure/canvas-lms/blob/master/doc/api/lti_dev_key_config.md
    """
    url, target = door.public_url, door.redirect_uri
    icon = f"{url}/static/mark.svg"
    return {
        "title": NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": login_url(door),
        "target_link_uri": target,
        "scopes": list(SCOPES),
        "public_jwk_url": f"{url}/lti/jwks.json",
        "custom_fields": dict(canvas_tool.CUSTOM),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(url).netloc,
                "tool_id": "laurel",
                "privacy_level": canvas_tool.PRIVACY,
                "settings": {
                    "text": NAME,
                    "icon_url": icon,
                    "selection_width": canvas_tool.WIDTH,
                    "selection_height": canvas_tool.HEIGHT,
                    "placements": canvas_tool.placements(target, icon),
                },
            }
        ],
    }


def moodle_fields(door: Door) -> list[tuple[str, str]]:
    """Return the fields of Moodle's "configure a tool manually", in their order.

    https://docs.moodle.org/403/en/External_tool_settings
    """
    url = door.public_url
    custom = Moodle().custom_parameters()
    return [
        ("Tool name", NAME),
        ("Tool URL", door.redirect_uri),
        ("Public keyset", f"{url}/lti/jwks.json"),
        ("Initiate login URL", login_url(door)),
        ("Redirection URI(s)", door.redirect_uri),
        ("Custom parameters", "\n".join(f"{k}={v}" for k, v in custom.items())),
        ("Icon URL", f"{url}/static/mark.svg"),
    ]
