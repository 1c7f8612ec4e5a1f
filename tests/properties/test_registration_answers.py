"""Whatever a platform says while it registers itself: an answer, never a failure."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti.registration.answer import Answer, read_answer
from lti.registration.configuration import Configuration, read_configuration
from lti.registration.errors import RegistrationFailed
from models.texts import can_be_kept

URL = "https://lms.example/openid"
HONEST: dict[str, Any] = {
    "issuer": "https://lms.example",
    "authorization_endpoint": "https://lms.example/auth",
    "token_endpoint": "https://lms.example/token",
    "jwks_uri": "https://lms.example/jwks",
    "registration_endpoint": "https://lms.example/register",
    "authorization_server": "https://lms.example/aud",
    "scopes_supported": ["openid"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "https://purl.imsglobal.org/spec/lti-platform-configuration": {
        "product_family_code": "moodle"
    },
}
GOOD: dict[str, Any] = {
    "client_id": "c",
    "deployment_id": "1",
    "scope": "openid",
    "registration_client_uri": "https://lms.example/r/1",
    "https://purl.imsglobal.org/spec/lti-tool-configuration": {"deployment_id": "1"},
}
ADDRESSES = st.sampled_from(
    [
        "https://lms.example:99999/",
        "https://[::1/",
        "https://\u2100.example/",
        "https://lms.example\x00/",
        "https://lms.example\\@evil.example/",
        "//lms.example/",
        "https://",
        "https://" + "a." * 200,
    ]
)
TEXTS = st.text("aZ9é\u0000\n\u202e\ud800<{$/:#@ ")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | TEXTS.map("https://lms.example/{}".format)
    | ADDRESSES
    | st.just("[" * 20_000),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=5,
)


def read(body: bytes) -> Configuration | None:
    try:
        return read_configuration(body, URL, development=False)
    except RegistrationFailed:
        return None


def answered(body: bytes) -> Answer | None:
    known = read(json.dumps(HONEST).encode())
    assert known is not None
    try:
        return read_answer(body, known)
    except RegistrationFailed:
        return None


@given(st.dictionaries(st.sampled_from(sorted(HONEST)), VALUES))
def test_a_configuration_is_read_or_refused(changes: dict[str, Any]) -> None:
    found = read(json.dumps({**HONEST, **changes}).encode())

    if found:
        assert all(url.startswith("https://") for url in found.called)
        assert found.own_host == "lms.example"
        assert len(found.name) <= 255
        assert can_be_kept(f"{found.name}{found.family}{found.authorization_server}")


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), VALUES))
def test_an_answer_is_read_or_refused(changes: dict[str, Any]) -> None:
    found = answered(json.dumps({**GOOD, **changes}).encode())

    if found:
        assert 0 < len(found.client_id) <= 255
        kept = f"{found.client_id}{found.deployment_id}{found.client_uri}"
        assert kept.isascii()
        assert kept.isprintable()


@given(st.binary())
def test_bytes_are_read_or_refused(body: bytes) -> None:
    assert read(body) is None
    assert answered(body) is None


@pytest.mark.parametrize("body", ["[" * 100_000, '{"client_id": NaN}', "null", ""])
def test_odd_json_is_refused(body: str) -> None:
    assert read(body.encode()) is None
    assert answered(body.encode()) is None
