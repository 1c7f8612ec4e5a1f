"""The platforms' public keys: fetched once, kept parsed, asked for again with care.

1EdTech Security Framework 6.3-6.4. A platform may rotate its keys at any time and
may be down at any time; neither may cost a launch more than it must.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPublicKey,
    RSAPublicNumbers,
)
from jwt.utils import from_base64url_uint

from lti.errors import AddressRefused, PlatformUnavailable
from lti.http import session_for
from models import Registration

FRESH = timedelta(days=1)
STALE_IF_ERROR = timedelta(days=7)
REFETCH_PAUSE = timedelta(seconds=30)
"""How long an unknown key id waits before it may ask the platform again."""
WAIT_FOR_ANOTHER = 5
"""Seconds to wait for a fetch that another thread has begun."""
LEAST_BITS = 2048
MOST_KEYS = 100


@dataclass(frozen=True)
class KeySet:
    """A key set as fetched, and those of its keys that may sign an id_token."""

    document: dict[str, Any]
    fetched_at: datetime
    keys: Mapping[str, tuple[RSAPublicKey, ...]]

    @classmethod
    def of(cls, document: object, fetched_at: datetime) -> "KeySet":
        """Read a JWK Set (RFC 7517, 5); raises PlatformUnavailable if it is none."""
        listed = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(listed, list) or not listed:
            raise PlatformUnavailable("The platform's key set holds no keys.")
        keys: dict[str, tuple[RSAPublicKey, ...]] = {}
        for jwk in listed[:MOST_KEYS]:
            key = _signing_key(jwk)
            if key is not None:
                keys[jwk["kid"]] = (*keys.get(jwk["kid"], ()), key)
        return cls(document, fetched_at, keys)


@dataclass
class _Shelf:
    """What is known of one registration's keys."""

    key_set: KeySet | None
    asked_at: datetime | None = None
    failures: int = 0
    lock: Lock = field(default_factory=Lock)


class PlatformKeys:
    """The platforms' keys, shared by all requests of a process."""

    def __init__(self, *, development: bool) -> None:
        self._development = development
        self._shelves: dict[tuple[str, str], _Shelf] = {}
        self._lock = Lock()

    def find(
        self, registration: Registration, kid: str, now: datetime
    ) -> tuple[RSAPublicKey, ...]:
        """Return the platform's keys of this id: RSA, for signatures, 2048 bit or more.

        Asks the platform when the id is unknown (every 30 s at most) or the set is
        older than a day; while it is down, a set up to seven days old still counts.
        Raises PlatformUnavailable when there is no set to look into.
        """
        shelf = self._shelf(registration)
        known = shelf.key_set
        if known and kid in known.keys and now - known.fetched_at < FRESH:
            return known.keys[kid]
        known = self._asked_again(shelf, registration, kid, now)
        return known.keys.get(kid, ())

    def look(self, registration: Registration, now: datetime) -> KeySet:
        """Fetch a platform's key set, for an operator; what is kept stays.

        Raises PlatformUnavailable or AddressRefused.
        """
        return self._fetch(registration, now)

    def fetched(self, registration: Registration) -> KeySet | None:
        """Return the key set in use if it is newer than the stored one."""
        known = self._shelf(registration).key_set
        stored_at = registration.key_set_fetched_at
        if known is None or (stored_at and known.fetched_at <= stored_at):
            return None
        return known

    def _shelf(self, registration: Registration) -> _Shelf:
        # By its address too: a corrected JWKS URL must not be answered by old keys.
        name = (registration.public_id, registration.jwks_url)
        with self._lock:
            if name not in self._shelves:
                self._shelves[name] = _Shelf(_stored(registration))
            return self._shelves[name]

    def _asked_again(
        self, shelf: _Shelf, registration: Registration, kid: str, now: datetime
    ) -> KeySet:
        failures = shelf.failures
        if not shelf.lock.acquire(timeout=WAIT_FOR_ANOTHER):
            return _usable(shelf, now)
        try:
            if _may_ask(shelf, kid, failures, now):
                self._ask(shelf, registration, now)
            return _usable(shelf, now)
        finally:
            shelf.lock.release()

    def _ask(self, shelf: _Shelf, registration: Registration, now: datetime) -> None:
        if shelf.key_set is not None:
            # The first time is no refetch: keys may be rotated right after it.
            shelf.asked_at = now
        try:
            shelf.key_set = self._fetch(registration, now)
        except (PlatformUnavailable, AddressRefused):
            shelf.failures += 1
            if shelf.key_set is None:
                raise

    def _fetch(self, registration: Registration, now: datetime) -> KeySet:
        with session_for(registration, development=self._development) as http:
            answer = http.get(
                registration.jwks_url, headers={"Accept": "application/json"}
            )
        if answer.status_code != 200:
            raise PlatformUnavailable(f"The key set answers {answer.status_code}.")
        try:
            document = json.loads(answer.content)
        except (ValueError, RecursionError):
            raise PlatformUnavailable("The key set is not JSON.") from None
        return KeySet.of(document, now)


def _may_ask(shelf: _Shelf, kid: str, failures: int, now: datetime) -> bool:
    if shelf.key_set is None:
        # Whoever waited while another asked in vain shares that answer.
        return shelf.failures == failures
    if shelf.asked_at is not None and abs(now - shelf.asked_at) < REFETCH_PAUSE:
        return False
    is_old = now - shelf.key_set.fetched_at >= FRESH
    return is_old or kid not in shelf.key_set.keys


def _usable(shelf: _Shelf, now: datetime) -> KeySet:
    if shelf.key_set is None or now - shelf.key_set.fetched_at > STALE_IF_ERROR:
        raise PlatformUnavailable("The platform's key set cannot be had.")
    return shelf.key_set


def _stored(registration: Registration) -> KeySet | None:
    if registration.key_set is None or registration.key_set_fetched_at is None:
        return None
    return KeySet.of(registration.key_set, registration.key_set_fetched_at)


def _signing_key(jwk: object) -> RSAPublicKey | None:
    """Return the key if it may sign an id_token and is strong enough, else None."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA":
        return None
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", "RS256") != "RS256":
        return None
    if not isinstance(jwk.get("kid"), str):
        return None
    try:
        modulus, exponent = (from_base64url_uint(jwk[name]) for name in ("n", "e"))
        if modulus.bit_length() < LEAST_BITS:
            return None
        return RSAPublicNumbers(exponent, modulus).public_key()
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
