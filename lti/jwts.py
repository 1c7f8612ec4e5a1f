"""Tokens that platforms sign, read strictly and verified (Security Framework 5.1.3).

RFC 8725 tells what goes wrong with them: https://www.rfc-editor.org/rfc/rfc8725
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti.errors import (
    AddressRefused,
    LaunchRejected,
    PlatformKeysMissing,
    PlatformUnavailable,
)
from lti.platform_keys import PlatformKeys
from models import Registration

ALGORITHM = "RS256"
LONGEST_TOKEN = 64 * 1024
LONGEST_ID = 255
LEEWAY = timedelta(seconds=10)
OLDEST = timedelta(hours=1)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a token's header and body, unverified.

    Raises LaunchRejected unless it has three parts, of which two are JSON objects
    without doubled names and numbers that are none, one algorithm and a key id.
    """
    pieces = token.split(".")
    if len(token) > LONGEST_TOKEN or len(pieces) != 3 or not token.isascii():
        raise LaunchRejected("not_a_jwt")
    header, body = (_json_object(piece) for piece in pieces[:2])
    if header.get("alg") != ALGORITHM:
        raise LaunchRejected("algorithm")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_ID:
        raise LaunchRejected("kid")
    if "crit" in header:
        raise LaunchRejected("critical_header")
    return header, body


def check_party(body: Mapping[str, Any], client_id: str) -> None:
    """Accept a token that is meant for this client (5.1.3, steps 3 to 5)."""
    audience, party = body.get("aud"), body.get("azp")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences or not all(isinstance(a, str) for a in audiences):
        raise LaunchRejected("audience")
    if (len(audiences) > 1 and party is None) or party not in (None, client_id):
        raise LaunchRejected("authorized_party")


def candidates(
    keys: PlatformKeys,
    registration: Registration,
    header: Mapping[str, Any],
    now: datetime,
) -> tuple[RSAPublicKey, ...]:
    """Return the platform's keys of a header's key id: one at least.

    Raises PlatformKeysMissing when the platform cannot be asked.
    """
    try:
        found = keys.find(registration, header["kid"], now)
    except (PlatformUnavailable, AddressRefused):
        raise PlatformKeysMissing("platform_keys") from None
    if not found:
        raise LaunchRejected("kid_unknown")
    return found


def is_signed_by(
    key: RSAPublicKey, token: str, registration: Registration, required: Sequence[str]
) -> bool:
    """Tell whether a key signed a token of this platform for us, with these claims."""
    # The times are ours to check: a course may live by another clock than ours.
    options: Any = {
        "require": [*required],
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "verify_sub": False,
        "verify_jti": False,
    }
    try:
        jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=registration.client_id,
            issuer=registration.issuer,
            options=options,
        )
    except jwt.InvalidSignatureError:
        return False
    except jwt.InvalidTokenError:
        raise LaunchRejected("not_a_jwt") from None
    return True


def check_times(body: Mapping[str, Any], moment: datetime) -> None:
    """Accept a token of the last hour that has not ended (5.1.3, steps 7 and 8)."""
    now, leeway = moment.timestamp(), LEEWAY.total_seconds()
    if _seconds(body, "exp") <= now - leeway:
        raise LaunchRejected("expired")
    issued = _seconds(body, "iat")
    if not now - OLDEST.total_seconds() - leeway <= issued <= now + leeway:
        raise LaunchRejected("issued_at")
    if "nbf" in body and _seconds(body, "nbf") > now + leeway:
        raise LaunchRejected("not_before")


def strict_json(raw: bytes) -> Any:  # noqa: ANN401 -- JSON is anything
    """Read JSON without doubled names and numbers that are none.

    Raises ValueError.
    """
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise ValueError("It is nested too deep.") from None


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LaunchRejected("timestamps")
    return value


def _json_object(part: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(
            part + "=" * (-len(part) % 4), altchars=b"-_", validate=True
        )
        value = strict_json(raw)
    except (ValueError, binascii.Error):
        raise LaunchRejected("not_a_jwt") from None
    if not isinstance(value, dict):
        raise LaunchRejected("not_a_jwt")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A name appears twice.")
    return members


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large.")
    return number
