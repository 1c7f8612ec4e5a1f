"""A platform's answer to our registration: who we are there, and where.

LTI Dynamic Registration 1.0, 3.6.
"""

from dataclasses import dataclass
from typing import Any

from lti.addresses import Origin
from lti.registration.configuration import Configuration, json_object
from lti.registration.errors import RegistrationFailed
from lti.registration.words import TOOL

LONGEST_ID, LONGEST_URL = 255, 1024


@dataclass(frozen=True)
class Answer:
    """Our client id at a platform, and what else it told."""

    client_id: str
    deployment_id: str | None
    scopes: tuple[str, ...]
    """What it says it lets us do; only an access token tells what it really does."""
    client_uri: str | None
    """Where our description can be read and changed later (RFC 7592), if anywhere."""


def read_answer(body: bytes, configuration: Configuration) -> Answer:
    """Read a good answer. Raises RegistrationFailed, with something left behind."""
    try:
        members = json_object(body)
        client_id = _id(members.get("client_id"))
    except RegistrationFailed as failed:
        raise RegistrationFailed(
            failed.reason, failed.advice, left_behind=True
        ) from None
    if client_id is None:
        raise RegistrationFailed(
            "no_client_id",
            "Your learning platform did not say under which client id it knows us. "
            "Please remove the tool there and begin again with a new invitation.",
            left_behind=True,
        )
    return Answer(
        client_id,
        _deployment_id(members),
        _scopes(members.get("scope")),
        _client_uri(members.get("registration_client_uri"), configuration),
    )


def _deployment_id(members: dict[str, Any]) -> str | None:
    """Return the deployment id from where the specification or Canvas puts it."""
    tool = members.get(TOOL)
    inside = tool.get("deployment_id") if isinstance(tool, dict) else None
    return _id(inside) or _id(members.get("deployment_id"))


def _id(value: object) -> str | None:
    """Return an id as text; some platforms count in numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > 64:
            return None
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        return None
    return value if value.isascii() and value.isprintable() else None


def _scopes(value: object) -> tuple[str, ...]:
    if not isinstance(value, str) or len(value) > 16 * LONGEST_URL:
        return ()
    return tuple(scope for scope in value.split() if scope.isascii())


def _client_uri(value: object, configuration: Configuration) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return None
    if not value.isascii() or not value.isprintable():
        return None
    own = Origin.of(configuration.registration_endpoint)
    return value if Origin.of(value) == own and "#" not in value else None
