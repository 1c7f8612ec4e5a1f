"""Our own signing keys: made here, encrypted at rest, published, replaced.

1EdTech Security Framework 6.2-6.4: platforms fetch the public halves from our key
set; after a rotation the previous key stays in it for a day.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
import sqlalchemy as sa
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy.orm import Session

from models import KeyPair

BITS = 2048
PREVIOUS_PUBLISHED = timedelta(days=1)
CACHED = timedelta(minutes=10)
"""How long a platform may keep our key set; a new key signs only after that."""


@dataclass(frozen=True)
class SigningKey:
    """A key that signs for us, and the name under which it is published."""

    kid: str
    private: RSAPrivateKey


class KeyRing:
    """The keys in the database, as one of ENCRYPTION_KEYS opens them."""

    def __init__(self, encryption_keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in encryption_keys])
        self._opened: dict[str, SigningKey] = {}

    def signing_key(self, session: Session, now: datetime) -> SigningKey:
        """Return the newest key that every platform had time to fetch.

        The first use makes the first key, so call it where you may write. Raises
        cryptography's InvalidToken if none of our encryption keys opens it.
        """
        published = self._published(session, now) or [self.rotate(session, now)]
        settled = [key for key in published if key.created_at <= now - CACHED]
        return self._open(settled[0] if settled else published[-1])

    def public_key_set(self, session: Session, now: datetime) -> dict[str, Any]:
        """Return the JWK Set platforms verify us with; it may be empty."""
        return {"keys": [key.public_jwk for key in self._published(session, now)]}

    def rotate(self, session: Session, now: datetime) -> KeyPair:
        """Make a new key; the older ones stay published for a day longer."""
        session.execute(
            sa.update(KeyPair)
            .where(KeyPair.superseded_at.is_(None))
            .values(superseded_at=now)
        )
        private = generate_private_key(public_exponent=65537, key_size=BITS)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        jwk = _public_jwk(private)
        pair = KeyPair(
            kid=jwk["kid"],
            private_key=self._fernet.encrypt(pem).decode(),
            public_jwk=jwk,
            created_at=now,
        )
        session.add(pair)
        session.flush()
        return pair

    def _published(self, session: Session, now: datetime) -> list[KeyPair]:
        still = KeyPair.superseded_at > now - PREVIOUS_PUBLISHED
        newest_first = (KeyPair.created_at.desc(), KeyPair.id.desc())
        query = sa.select(KeyPair).where(KeyPair.superseded_at.is_(None) | still)
        return list(session.scalars(query.order_by(*newest_first)))

    def _open(self, pair: KeyPair) -> SigningKey:
        if pair.kid not in self._opened:
            pem = self._fernet.decrypt(pair.private_key)
            private = load_pem_private_key(pem, password=None)
            if not isinstance(private, RSAPrivateKey):
                raise TypeError("A key pair in the database is not an RSA key.")
            self._opened[pair.kid] = SigningKey(pair.kid, private)
        return self._opened[pair.kid]


def _public_jwk(private: RSAPrivateKey) -> dict[str, str]:
    """Return the public members alone, named by their thumbprint (RFC 7638)."""
    numbers = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    members = {"e": numbers["e"], "kty": "RSA", "n": numbers["n"]}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).digest()
    kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {**members, "kid": kid, "alg": "RS256", "use": "sig"}
