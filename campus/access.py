"""Access to the services: client assertions in, access tokens out and in again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import jwt
from flask import Request

from campus.records import AccessToken, Tool

if TYPE_CHECKING:
    from campus.state import Campus

KEY_TIMEOUT = 5


class Fault(StrEnum):
    """What is wrong with a client assertion; the shape finds the words."""

    MALFORMED = "malformed"
    UNKNOWN_CLIENT = "unknown client"
    UNKNOWN_KEY = "unknown key"
    BAD_SIGNATURE = "bad signature"
    EXPIRED = "expired"


class AssertionRejected(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Client:
    """A tool that proved itself, and the claims it proved it with."""

    tool: Tool
    claims: Mapping[str, Any]


def verify_assertion(campus: "Campus", assertion: str) -> Client:
    """Verify a client assertion against the key set at the tool's own address.

    Raises AssertionRejected. The audience is left to the shape: not all look at it.
    """
    tool = _claimed_tool(campus, assertion)
    claims = _verified_claims(tool, assertion)
    # A tool may live in real time or follow the campus clock: neither is late.
    earliest = min(campus.now(), campus.clock.real()).timestamp()
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= earliest:
        raise AssertionRejected(Fault.EXPIRED)
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
        raise AssertionRejected(Fault.MALFORMED) from error
    tool = campus.find_tool(str(claims.get("sub", "")))
    if tool is None:
        raise AssertionRejected(Fault.UNKNOWN_CLIENT)
    return tool


def _verified_claims(tool: Tool, assertion: str) -> Mapping[str, Any]:
    try:
        key = _key_client(tool.jwks_url).get_signing_key_from_jwt(assertion)
        return jwt.decode(
            assertion,
            key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
        )
    except jwt.PyJWKClientError as error:
        raise AssertionRejected(Fault.UNKNOWN_KEY) from error
    except jwt.InvalidTokenError as error:
        raise AssertionRejected(Fault.BAD_SIGNATURE) from error


@cache
def _key_client(jwks_url: str) -> jwt.PyJWKClient:
    # It keeps the set for five minutes and asks again for a kid it does not know.
    return jwt.PyJWKClient(jwks_url, timeout=KEY_TIMEOUT)
