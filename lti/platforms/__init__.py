"""What each platform does in its own way: one quirk, one method, one link."""

from lti.platforms.base import Platform
from lti.platforms.canvas import CLOUD_AUTHORIZATION, Canvas
from lti.platforms.moodle import Moodle
from models.platform import Registration

FAMILIES: dict[str, type[Platform]] = {"moodle": Moodle, "canvas": Canvas}


def of(registration: Registration) -> Platform:
    """Return the ways of a registration's platform; unknown ones keep to the letter."""
    if not registration.family and registration.auth_login_url.startswith(
        CLOUD_AUTHORIZATION
    ):
        return Canvas()
    return FAMILIES.get(registration.family, Platform)()
