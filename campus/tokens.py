"""Signed tokens, honest or forged: every part of a JWT can be chosen.

id_token(campus, claims)                                   an honest one
id_token(campus, claims, changes={"exp": 0, ROLES: REMOVED})
id_token(campus, claims, header={"kid": REMOVED})
id_token(campus, claims, header={"alg": "none"})
id_token(campus, claims, header={"alg": "HS256"}, key=campus.keys.current.public_pem)
id_token(campus, claims, key=signing_key(campus.keys.current.kid))
id_token(campus, '{"sub": 1, "sub": 2}')                   a payload to the letter
"""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from jwt.algorithms import get_default_algorithms

from campus.keys import SigningKey

if TYPE_CHECKING:
    from campus.state import Campus

Claims = dict[str, object]
Payload = Mapping[str, object] | str | bytes
Key = SigningKey | EllipticCurvePrivateKey | bytes

REMOVED: Final = object()
"""The value of a claim or header that shall be missing (None is sent as null)."""


def id_token(
    campus: "Campus",
    claims: Payload,
    *,
    changes: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
    key: Key | None = None,
) -> str:
    """Sign claims as this campus does, except for what is asked to differ.

    `changes` and `header` replace, add or remove single members; text or bytes as
    claims are signed to the letter; `alg` in the header decides how the key signs
    (an unknown one, such as `NoNe`, leaves the signature empty).
    """
    key = key or campus.keys.current
    honest = {"typ": "JWT", "alg": "RS256", "kid": _kid(key) or campus.keys.current.kid}
    payload = _changed(claims, changes or {}) if isinstance(claims, Mapping) else claims
    return signed(_changed(honest, header or {}), payload, key)


def signed(header: Mapping[str, object], payload: Payload, key: Key) -> str:
    """Put a compact JWS together; nothing is checked."""
    message = f"{encoded(header)}.{encoded(payload)}"
    signature = _signature(str(header.get("alg", "")), message.encode(), key)
    return f"{message}.{_base64(signature)}"


def encoded(part: Payload) -> str:
    """Return one part of a JWT as it stands between the dots."""
    if isinstance(part, Mapping):
        part = json.dumps(part, separators=(",", ":"))
    return _base64(part.encode() if isinstance(part, str) else part)


def _signature(algorithm: str, message: bytes, key: Key) -> bytes:
    signer = get_default_algorithms().get(algorithm)
    if signer is None:
        return b""
    secret = key.private if isinstance(key, SigningKey) else key
    # The algorithm's own `sign` does not refuse a public key as an HMAC secret.
    return bytes(signer.sign(message, secret))


def _kid(key: Key) -> str | None:
    return key.kid if isinstance(key, SigningKey) else None


def _changed(
    members: Mapping[str, object], changes: Mapping[str, object]
) -> dict[str, object]:
    merged = {**members, **changes}
    return {name: value for name, value in merged.items() if value is not REMOVED}


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
