"""Access to the services: client assertions in, access tokens out and in again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import jwt
from flask import Request

from campus.records import AccessToken, Tool

if TYPE_CHECKING:
    from campus.state import Campus

KEY_TIMEOUT = 5


class Flaw(StrEnum):
    """What is wrong with a client assertion; the shape finds the words."""

    MALFORMED = "malformed"
    UNKNOWN_CLIENT = "unknown client"
    UNKNOWN_KEY = "unknown key"
    BAD_SIGNATURE = "bad signature"
    EXPIRED = "expired"


class AssertionRejected(Exception):
    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True)
class Client:
    """A tool that proved itself, and the claims it proved it with."""

    tool: Tool
    claims: Mapping[str, Any]


class ToolKeys:
    """The key sets of tools: kept five minutes, asked for again when one fails."""

    def __init__(self) -> None:
        self._clients: dict[str, jwt.PyJWKClient] = {}

    def verified(self, tool: Tool, assertion: str) -> Mapping[str, Any]:
        """Return the claims of an assertion that a key of the tool has signed."""
        known = tool.jwks_url in self._clients
        try:
            return self._decoded(tool, assertion)
        except jwt.InvalidSignatureError:
            if not known:
                raise
            self._clients.pop(tool.jwks_url, None)
            return self._decoded(tool, assertion)

    def _decoded(self, tool: Tool, assertion: str) -> Mapping[str, Any]:
        client = self._clients.setdefault(
            tool.jwks_url, jwt.PyJWKClient(tool.jwks_url, timeout=KEY_TIMEOUT)
        )
        return jwt.decode(
            assertion,
            client.get_signing_key_from_jwt(assertion),
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
        )


def verify_assertion(campus: "Campus", assertion: str) -> Client:
    """Verify a client assertion against the key set at the tool's own address.

    Raises AssertionRejected. The audience is left to the shape: not all look at it.
    """
    tool = _claimed_tool(campus, assertion)
    claims = _verified_claims(campus, tool, assertion)
    # A tool may live in real time or follow the campus clock: neither is late.
    earliest = min(campus.now(), campus.clock.real()).timestamp()
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= earliest:
        raise AssertionRejected(Flaw.EXPIRED)
    return Client(tool, claims)


def bearer_token(request: Request) -> str | None:
    """Return what the caller presents as a bearer token, if anything."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value else None


def is_expired(campus: "Campus", token: AccessToken) -> bool:
    return token.expires_at <= campus.now()


def requested_scopes(request: Request) -> tuple[str, ...]:
    return tuple(request.form.get("scope", "").split())


def _claimed_tool(campus: "Campus", assertion: str) -> Tool:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.DecodeError as error:
        raise AssertionRejected(Flaw.MALFORMED) from error
    tool = campus.find_tool(str(claims.get("sub", "")))
    if tool is None:
        raise AssertionRejected(Flaw.UNKNOWN_CLIENT)
    return tool


def _verified_claims(campus: "Campus", tool: Tool, assertion: str) -> Mapping[str, Any]:
    try:
        return campus.tool_keys.verified(tool, assertion)
    except jwt.InvalidTokenError as error:
        raise AssertionRejected(Flaw.BAD_SIGNATURE) from error
    except (jwt.PyJWTError, ValueError) as error:
        # No such key, no answer, or none that is a key set.
        raise AssertionRejected(Flaw.UNKNOWN_KEY) from error
