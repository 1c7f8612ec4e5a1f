"""Access tokens for a platform's services, one for each registration and purpose.

https://www.imsglobal.org/spec/security/v1p0/#using-json-web-tokens-with-oauth-2-0-client-credentials-grant
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import requests

from lti.errors import PlatformUnavailable, ServiceRefused

MARGIN = timedelta(seconds=60)
UNKNOWN_LIFETIME = timedelta(minutes=5)
LONGEST_LIFETIME = timedelta(hours=1)
ERROR_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class TokenKey:
    """Whose token for what: two tenants of one issuer never share."""

    registration_id: int
    client_id: str
    token_url: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class AccessToken:
    """A token, and what the platform says it is good for."""

    value: str = field(repr=False)
    scopes: frozenset[str]
    good_until: datetime


class TokenCache:
    """The tokens of this process; each is fetched by one thread at a time."""

    def __init__(self) -> None:
        self._tokens: dict[TokenKey, AccessToken] = {}
        self._locks: dict[TokenKey, Lock] = {}
        self._guard = Lock()

    def get(
        self, key: TokenKey, now: datetime, fetch: Callable[[], AccessToken]
    ) -> AccessToken:
        """Return a token that is still good; fetch it if there is none."""
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            token = self._tokens.get(key)
            if token is None or token.good_until <= now:
                token = self._tokens[key] = fetch()
            return token

    def drop(self, key: TokenKey, token: AccessToken) -> None:
        """Forget a token the platform refused, unless a newer one came since."""
        with self._guard:
            if self._tokens.get(key) is token:
                del self._tokens[key]


def read_token(
    answer: requests.Response, asked: frozenset[str], now: datetime
) -> AccessToken:
    """Read a token endpoint's good answer, whatever type it claims to be.

    Raises PlatformUnavailable when there is no token in it. The scopes are the
    platform's word; without a word they are what was asked (RFC 6749, 5.1).
    """
    body = _object(answer)
    value = body.get("access_token")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise PlatformUnavailable("The token endpoint's answer holds no token.")
    scope = body.get("scope")
    scopes = frozenset(scope.split()) if isinstance(scope, str) else asked
    return AccessToken(value, scopes, now + _lifetime(body.get("expires_in")))


def refusal(answer: requests.Response) -> ServiceRefused:
    """Return what a token endpoint's 4xx means, with its error code if it has one.

    It is no service's answer: to a score, 400 is about one person.
    """
    try:
        code = _object(answer).get("error")
    except PlatformUnavailable:
        code = None
    if not isinstance(code, str) or not ERROR_CODE.fullmatch(code):
        code = f"status {answer.status_code}"
    return ServiceRefused(
        f"The platform gives us no access token ({code}): check the client id, the "
        "token address and that the platform can read our key set."
    )


def _object(answer: requests.Response) -> dict[str, object]:
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise PlatformUnavailable("The token endpoint answers no JSON.") from None
    if not isinstance(body, dict):
        raise PlatformUnavailable("The token endpoint answers no JSON object.")
    return body


def _lifetime(expires_in: object) -> timedelta:
    """Return how long to keep a token: a minute less than the platform says.

    Some say nothing sensible; a token that lives shorter than we think is noticed
    by a 401 and replaced, so a wrong guess costs one request.
    """
    if isinstance(expires_in, str) and expires_in.isdecimal():
        expires_in = int(expires_in[:9])
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float):
        return UNKNOWN_LIFETIME
    if not expires_in > MARGIN.total_seconds():  # also: not a number
        return timedelta(0)
    longest = LONGEST_LIFETIME.total_seconds()
    return timedelta(seconds=min(expires_in, longest)) - MARGIN
