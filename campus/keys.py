"""The platform's RSA keys: made on first use, published as JWKs, rotated."""

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

EXPONENT = 65537
# cryptography makes no smaller keys; they exist all the same, see `_tiny_key`.
SMALLEST_MADE = 1024


@dataclass(frozen=True)
class SigningKey:
    kid: str
    private: RSAPrivateKey

    @property
    def jwk(self) -> dict[str, str]:
        """Return the public half as a platform publishes it."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(
            self.private.public_key(), as_dict=True
        )
        return {
            "kty": "RSA",
            "alg": "RS256",
            "kid": self.kid,
            "e": str(public["e"]),
            "n": str(public["n"]),
            "use": "sig",
        }

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )


def signing_key(kid: str, bits: int = 2048) -> SigningKey:
    """Make a new key; fewer than 1024 bits is what a badly kept platform has."""
    if bits < SMALLEST_MADE:
        return SigningKey(kid, _tiny_key(bits))
    return SigningKey(kid, generate_private_key(EXPONENT, bits))


class KeyRing:
    """The published keys, newest first; the newest one signs."""

    def __init__(self, new_kid: Callable[[], str]) -> None:
        self._lock = Lock()
        self._new_kid = new_kid
        self._keys: list[SigningKey] = []

    @property
    def current(self) -> SigningKey:
        return self.published[0]

    @property
    def published(self) -> tuple[SigningKey, ...]:
        with self._lock:
            if not self._keys:
                self._keys.append(signing_key(self._new_kid()))
            return tuple(self._keys)

    @property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [key.jwk for key in self.published]}

    def rotate(self, *, bits: int = 2048, keep: int = 1) -> SigningKey:
        """Sign with a new key from now on; `keep` older ones stay published."""
        older = self.published[:keep]
        self._keys = [signing_key(self._new_kid(), bits), *older]
        return self.current

    def publish(self, *keys: SigningKey) -> None:
        """Publish exactly these keys; the first one signs."""
        self._keys = list(keys)


def _tiny_key(bits: int) -> RSAPrivateKey:
    p, q = _prime(bits // 2), _prime(bits // 2)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    return RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=RSAPublicNumbers(EXPONENT, p * q),
    ).private_key()


def _prime(bits: int) -> int:
    top_two_bits = 3 << (bits - 2)
    while True:
        candidate = secrets.randbits(bits) | top_two_bits | 1
        looks_prime = all(
            pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5)
        )
        if looks_prime and math.gcd(candidate - 1, EXPONENT) == 1:
            return candidate
