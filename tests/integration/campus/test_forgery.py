"""A test can bend every part of a token, and nothing else changes with it."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest

from campus.keys import signing_key
from campus.state import Campus
from campus.tokens import REMOVED, encoded, id_token

CLAIMS = {"sub": "17", "exp": 2_000_000_000}


@pytest.fixture
def campus() -> Campus:
    return Campus()


def opened(part: str) -> Any:  # noqa: ANN401 -- JSON of any shape
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_an_honest_token_verifies_with_the_published_key(campus: Campus) -> None:
    token = id_token(campus, CLAIMS)

    [published] = jwt.PyJWKSet.from_dict(campus.keys.jwks).keys
    assert jwt.decode(token, published, algorithms=["RS256"]) == CLAIMS
    assert jwt.get_unverified_header(token)["kid"] == published.key_id


def test_claims_are_replaced_added_and_removed(campus: Campus) -> None:
    changes = {"sub": None, "new": [1], "exp": REMOVED}

    token = id_token(campus, CLAIMS, changes=changes)

    assert opened(token.split(".")[1]) == {"sub": None, "new": [1]}


def test_headers_are_replaced_added_and_removed(campus: Campus) -> None:
    token = id_token(campus, CLAIMS, header={"kid": REMOVED, "jku": "http://e.example"})

    header = {"typ": "JWT", "alg": "RS256", "jku": "http://e.example"}
    assert opened(token.split(".")[0]) == header


@pytest.mark.parametrize("algorithm", ["none", "NoNe", "HS9000"])
def test_without_an_algorithm_there_is_no_signature(
    campus: Campus, algorithm: str
) -> None:
    token = id_token(campus, CLAIMS, header={"alg": algorithm})

    assert token.endswith(".")
    assert opened(token.split(".")[0])["alg"] == algorithm


def test_a_public_key_can_be_the_secret_of_an_hmac(campus: Campus) -> None:
    pem = campus.keys.current.public_pem

    token = id_token(campus, CLAIMS, header={"alg": "HS256"}, key=pem)

    message, _, signature = token.rpartition(".")
    digest = hmac.new(pem, message.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == digest
    assert opened(token.split(".")[0])["kid"] == campus.keys.current.kid


@pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
def test_another_algorithm_signs_with_the_same_key(
    campus: Campus, algorithm: str
) -> None:
    token = id_token(campus, CLAIMS, header={"alg": algorithm})

    public = campus.keys.current.private.public_key()
    assert jwt.decode(token, public, algorithms=[algorithm]) == CLAIMS


@pytest.mark.parametrize("bits", [512, 1024])
def test_a_key_may_be_too_short(campus: Campus, bits: int) -> None:
    key = signing_key("short", bits)

    token = id_token(campus, CLAIMS, key=key)

    assert key.private.key_size == bits
    assert opened(token.split(".")[0])["kid"] == "short"
    signature = token.rpartition(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "==")) == bits // 8


def test_an_impostor_signs_with_a_foreign_key_and_our_kid(campus: Campus) -> None:
    token = id_token(campus, CLAIMS, key=signing_key(campus.keys.current.kid))

    [published] = jwt.PyJWKSet.from_dict(campus.keys.jwks).keys
    assert jwt.get_unverified_header(token)["kid"] == published.key_id
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, published, algorithms=["RS256"])


@pytest.mark.parametrize(
    "payload", ['["a", "list"]', '{"sub": 1, "sub": 2}', "NaN", ""]
)
def test_a_payload_is_signed_to_the_letter(campus: Campus, payload: str) -> None:
    token = id_token(campus, payload)

    assert token.split(".")[1] == encoded(payload)
    public = campus.keys.current.private.public_key()
    message = jwt.PyJWS().decode_complete(token, public, algorithms=["RS256"])
    assert message["payload"] == payload.encode()


def test_rotation_signs_anew_and_keeps_the_older_key_published(campus: Campus) -> None:
    first = campus.keys.current

    second = campus.keys.rotate()
    both = campus.keys.published
    third = campus.keys.rotate(keep=0)

    assert both == (second, first)
    assert campus.keys.published == (third,)
    assert len({first.kid, second.kid, third.kid}) == 3
