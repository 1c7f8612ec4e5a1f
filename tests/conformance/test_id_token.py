"""Security table B1 to B13: who signed an id_token, when and for whom."""

import base64
import json
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from campus import tokens
from campus.keys import SigningKey, signing_key
from campus.tokens import REMOVED
from lti import registrations
from lti.registrations import Details
from tests.conformance.stage import Stage
from tests.support.clock import NOW

pytestmark = pytest.mark.conformance

STRANGER = signing_key("stranger")


def seconds(**ahead: float) -> int:
    return int((NOW + timedelta(**ahead)).timestamp())


def test_b01_a_signature_of_another_key_or_a_changed_payload(stage: Stage) -> None:
    """Step 1: the signature must be the platform's, over what was sent."""
    campus_kid = stage.registered.campus.keys.current.kid
    begun = stage.begin()
    forged = stage.token(begun, key=SigningKey(campus_kid, STRANGER.private))
    header, _, signature = stage.token(begun).split(".")
    other = tokens.encoded({**stage.claims(begun), "sub": "somebody-else"})

    for token in (forged, f"{header}.{other}.{signature}", f"{header}.{other}."):
        assert stage.refusal(stage.post(begun, token)) in {"signature", "not_a_jwt"}


def test_b02_any_algorithm_but_rs256(stage: Stage) -> None:
    """Step 6: RS256 alone, before any key is looked up (Cert 4.2)."""
    public_pem = stage.registered.campus.keys.current.public_pem
    curve = ec.generate_private_key(ec.SECP256R1())
    stage.registered.campus.traffic.clear()

    for algorithm, key in (
        ("none", None),
        ("NoNe", None),
        ("HS256", public_pem),
        ("RS384", None),
        ("ES256", curve),
        ("", None),
        (None, None),
        (["RS256"], None),
    ):
        begun = stage.begin()
        token = stage.token(begun, header={"alg": algorithm}, key=key)
        assert stage.refusal(stage.post(begun, token)) == "algorithm", algorithm

    assert stage.registered.campus.traffic.count("jwks") == 0


def test_b03_a_key_that_the_header_brings_along(stage: Stage) -> None:
    """A key, or its address, in the header is ignored (RFC 8725, 3.10)."""
    jwks_url = "http://127.0.0.1:9/jwks"
    for brought in (
        {"jwk": STRANGER.jwk},
        {"jku": jwks_url},
        {"x5u": jwks_url},
        {"x5c": [base64.b64encode(b"certificate").decode()]},
    ):
        begun = stage.begin()
        token = stage.token(begun, header=brought, key=STRANGER)
        assert stage.refusal(stage.post(begun, token)) == "kid_unknown"


def test_a_critical_header_that_we_do_not_know(stage: Stage) -> None:
    """RFC 7515, 4.1.11: what is critical and not understood is refused."""
    answer = stage.launch(header={"crit": ["exp"], "exp": 0})

    assert stage.refusal(answer) == "critical_header"


def test_b04_no_kid_or_an_unknown_one_asks_once_in_30_seconds(stage: Stage) -> None:
    """An unknown key id asks the platform again, but not for every token."""
    campus = stage.registered.campus
    refused = stage.launch(header={"kid": REMOVED})
    assert (stage.refusal(refused), campus.traffic.count("jwks")) == ("kid", 0)
    stage.launch(changes={"exp": 0})
    campus.traffic.clear()

    for number in range(5):
        answer = stage.launch(header={"kid": f"unknown-{number}"})
        assert stage.refusal(answer) == "kid_unknown"

    assert campus.traffic.count("jwks") == 1
    stage.app.extensions["clock"].advance(timedelta(seconds=31))
    stage.launch(header={"kid": "unknown-again"})
    assert campus.traffic.count("jwks") == 2


def test_b05_a_kid_that_is_a_path_a_query_or_a_megabyte(stage: Stage) -> None:
    """A key id is a name to compare, never a part of an address or a query."""
    for kid in ("../../etc/passwd", "' OR 1=1 --", "x" * 1_000_000, 7, None, ["a"]):
        answer = stage.launch(header={"kid": kid})
        if answer.status_code == 413:
            continue
        assert stage.refusal(answer) in {"kid", "kid_unknown", "not_a_jwt"}


def test_b06_expired_or_exp_missing_or_no_number(stage: Stage) -> None:
    """Step 7: now must be before exp; ten seconds of leeway."""
    for value, reason in (
        (seconds(minutes=-5), "expired"),
        (seconds(seconds=-11), "expired"),
        (REMOVED, "not_a_jwt"),
        ("tomorrow", "timestamps"),
        (None, "not_a_jwt"),
        (True, "timestamps"),
        ([], "timestamps"),
    ):
        assert stage.refusal(stage.launch(changes={"exp": value})) == reason, value


def test_b07_iat_missing_a_day_old_or_an_hour_ahead(stage: Stage) -> None:
    """Step 8: a token is of the last hour (Cert "Timestamps Incorrect")."""
    for value, reason in (
        (REMOVED, "not_a_jwt"),
        (seconds(days=-1), "issued_at"),
        (seconds(hours=1), "issued_at"),
        ("now", "timestamps"),
        (True, "timestamps"),
    ):
        assert stage.refusal(stage.launch(changes={"iat": value})) == reason, value


def test_b08_iat_five_seconds_ahead_is_accepted(stage: Stage) -> None:
    """Steps 7 and 8: clocks differ a little."""
    answer = stage.launch(changes={"iat": seconds(seconds=5), "exp": seconds(hours=1)})

    assert answer.status_code == 200


def test_a_token_that_is_not_valid_yet(stage: Stage) -> None:
    """RFC 7519, 4.1.5: nbf is optional, and counts when it is there."""
    assert stage.launch(changes={"nbf": seconds(seconds=5)}).status_code == 200

    begun = stage.begin()
    answer = stage.post(begun, stage.token(begun, {"nbf": seconds(minutes=5)}))

    assert (answer.status_code, stage.reasons()) == (401, ["not_before"])


def test_b09_an_audience_that_is_not_us(stage: Stage) -> None:
    """Step 3: the audience is the client id of this login's registration."""
    other = another_registration(stage, client_id="our-other-registration")
    for audience in ("stranger", REMOVED, None, [], {}, 7, [7], "", other):
        answer = stage.launch(changes={"aud": audience})
        assert stage.refusal(answer) == "audience", audience


def test_b10_two_audiences_with_us_as_the_authorized_party(stage: Stage) -> None:
    """Steps 4 and 5: several audiences are fine when azp is ours."""
    ours = stage.registered.registration.client_id

    answer = stage.launch(changes={"aud": ["somebody", ours], "azp": ours})

    assert answer.status_code == 200


def test_b11_an_authorized_party_that_is_missing_or_foreign(stage: Stage) -> None:
    """Steps 4 and 5: with several audiences azp is required, and it is us."""
    ours = stage.registered.registration.client_id
    for changes in (
        {"aud": ["somebody", ours]},
        {"aud": ["somebody", ours], "azp": "somebody"},
        {"aud": ours, "azp": "somebody"},
        {"aud": ours, "azp": [ours]},
    ):
        answer = stage.launch(changes=changes)
        assert stage.refusal(answer) == "authorized_party", changes


def test_b12_an_issuer_that_is_not_the_one_of_the_login(stage: Stage) -> None:
    """Step 2: the issuer is the login's, to the letter."""
    other = "https://other.example"
    another_registration(stage, issuer=other)
    ours = stage.registered.registration.issuer
    for issuer in ("https://unknown.example", f"{ours}/", other, REMOVED, None, [ours]):
        answer = stage.launch(changes={"iss": issuer})
        assert stage.refusal(answer) == "issuer", issuer


def test_b13_a_token_for_the_client_beside_the_one_that_logged_in(
    stage: Stage,
) -> None:
    """Step 3 and 7.3.1: the login fixes the registration."""
    other = another_registration(stage, client_id="client-b")

    answer = stage.launch(changes={"aud": other})

    assert stage.refusal(answer) == "audience"


def test_no_refusal_tells_what_was_sent(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """No log line and no audit entry holds a token or a claim (Core, privacy)."""
    secret = "Ada-Secretname"  # noqa: S105 -- a name, to be searched for
    begun = stage.begin()
    for changes in ({"exp": 0}, {"aud": secret}, {"iss": secret}, {"sub": 7}):
        stage.post(begun, stage.token(begun, {"name": secret, **changes}))

    kept = json.dumps([entry.details for entry in stage.audit()]) + caplog.text

    assert len(stage.audit()) == 4
    assert re.findall(r"eyJ|Secretname|" + begun.state, kept) == []


def another_registration(
    stage: Stage, *, issuer: str = "", client_id: str = "client-b"
) -> str:
    """Register one more platform beside the campus; return its client id."""
    ours = stage.registered.registration
    registrations.add(
        stage.session,
        Details(
            tenant="acme",
            issuer=issuer or ours.issuer,
            client_id=client_id,
            auth_login_url=ours.auth_login_url,
            token_url=ours.token_url,
            jwks_url=ours.jwks_url,
        ),
        NOW,
        development=True,
    )
    stage.session.commit()
    return client_id
