"""Telling a platform what has changed of us since it was told of us."""

from typing import Any

from jobs.connections import connected
from jobs.settings import settings
from lti import platforms
from lti.connector import Writing
from lti.login import Door
from lti.registration.asking import client_metadata
from lti.registration.words import CHANGE_US, CHANGEABLE_SCOPES
from models import Registration
from models.db import db


def renew(registration: Registration) -> None:
    """Send our description to where a platform lets us change it (RFC 7592, 2.2).

    Canvas shows the change to its administrator, who accepts it or not. Raises
    LTIError where the platform says no, and ValueError where it has no such place or
    was not approved: its addresses are its own word until then.
    """
    url, public_id = registration.client_uri, registration.public_id
    if registration.state != "active":
        raise ValueError("This platform is not approved: `flask platform approve`.")
    if not url:
        raise ValueError("This platform has no place where our description lies.")
    door = Door(settings().public_url, public_id)
    platform = platforms.of(registration)
    body: dict[str, Any] = client_metadata(door, platform, CHANGEABLE_SCOPES)
    with connected(db.session(), registration.id) as connector:
        connector.write([CHANGE_US], Writing("PUT", url, "application/json", body))
