"""Tools that register themselves: a token good for once, and a tool that waits.

LTI Dynamic Registration 1.0.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from threading import Lock
from typing import TYPE_CHECKING, Any

from campus import vocabulary as lti
from campus.records import Link, Tool

if TYPE_CHECKING:
    from campus.state import Campus

TOKEN_LIFETIME = timedelta(hours=1)


class Token(Enum):
    """What a registration token is worth."""

    GOOD = auto()
    USED = auto()
    UNKNOWN = auto()


class Desk:
    """The tokens handed out, and which of them were used."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._expiries: dict[str, datetime] = {}
        self._used: set[str] = set()

    def hand_out(self, token: str, now: datetime) -> str:
        with self._lock:
            self._expiries[token] = now + TOKEN_LIFETIME
            return token

    def knows(self, token: str, now: datetime) -> bool:
        with self._lock:
            return self._expiries.get(token, now) > now

    def take(self, token: str, now: datetime) -> Token:
        """Use a token up; the second time it is used."""
        with self._lock:
            if self._expiries.get(token, now) <= now:
                return Token.UNKNOWN
            if token in self._used:
                return Token.USED
            self._used.add(token)
            return Token.GOOD


def register(campus: "Campus", asked: Mapping[str, Any], client_id: str) -> Tool:
    """Add the tool that a request describes; it waits until it is switched on."""
    return campus.add_tool(
        replace(described(Tool.at("", client_id), asked), active=False)
    )


def described(tool: Tool, asked: Mapping[str, Any]) -> Tool:
    """Return a tool as it describes itself; who it is stays as it was."""
    said = asked[lti.TOOL_CONFIGURATION]
    claims = set(said.get("claims", ()))
    return replace(
        tool,
        name=asked["client_name"],
        login_url=asked["initiate_login_uri"],
        redirect_uris=tuple(asked["redirect_uris"]),
        target_link_uri=said["target_link_uri"],
        jwks_url=asked["jwks_uri"],
        scopes=tuple(asked.get("scope", "").split()),
        shares_names=bool({"name", "given_name", "family_name"} & claims),
        shares_email="email" in claims,
        custom=said.get("custom_parameters", {}),
    )


def switch_on(campus: "Campus", tool: Tool) -> None:
    """Let a tool in that waits, and put it into every course."""
    if tool.active:
        return
    campus.change_tool(replace(tool, active=True))
    for course in campus.courses:
        campus.add_link(
            Link(
                course=course.number,
                tool=tool.number,
                title=tool.name,
                custom=campus.shape.link_custom,
                placement="course_navigation",
            )
        )


def echo(asked: Mapping[str, Any], tool: Tool) -> dict[str, Any]:
    """Return the members of a request that every platform repeats in its answer."""
    return {
        "client_id": tool.client_id,
        "response_types": ["id_token"],
        "jwks_uri": tool.jwks_url,
        "initiate_login_uri": tool.login_url,
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": list(tool.redirect_uris),
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": tool.name,
        "logo_uri": asked.get("logo_uri", ""),
        "scope": " ".join(tool.scopes),
    }
