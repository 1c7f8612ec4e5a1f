"""Security table B24 to B26: the platform's key set, and a platform that is unwell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from app import create_app
from campus import faults
from campus.faults import Fault
from campus.keys import SigningKey, signing_key
from models.db import db
from tests.conformance.stage import Stage

pytestmark = pytest.mark.conformance


def publish(stage: Stage, *jwks: Mapping[str, object]) -> None:
    """Let the platform answer this key set from now on."""
    stage.registered.campus.faults.off("jwks")
    stage.registered.campus.faults.on("jwks", faults.saying(keys=list(jwks)))
    # A key the tool already knows must not hide the new set.
    stage.app.extensions["clock"].advance(timedelta(minutes=1))


def test_b24_a_key_too_weak_or_for_another_use(stage: Stage) -> None:
    """NIST 800-131A: 2048 bit at least; a key for encryption signs nothing."""
    weak, strong = signing_key("weak", bits=1024), signing_key("strong")
    for jwk, key in (
        (weak.jwk, weak),
        ({**strong.jwk, "use": "enc"}, strong),
        ({**strong.jwk, "alg": "RS512"}, strong),
        ({**strong.jwk, "kty": "EC"}, strong),
        ({**strong.jwk, "n": "not a number"}, strong),
        ({**strong.jwk, "n": ""}, strong),
        ({**strong.jwk, "e": 7}, strong),
        ({"kid": "strong", "kty": "RSA"}, strong),
    ):
        publish(stage, jwk)
        assert stage.refusal(stage.launch(key=key)) == "kid_unknown", jwk


def test_b24_two_keys_of_one_kid_are_both_tried(stage: Stage) -> None:
    """Security Framework 6.3: of several keys with one id any may have signed."""
    first, second = signing_key("twin"), signing_key("twin")
    encrypting = {**first.jwk, "use": "enc"}
    publish(stage, encrypting, first.jwk, second.jwk)

    assert stage.launch(key=second).status_code == 200
    assert stage.launch(key=first).status_code == 200
    assert stage.registered.campus.traffic.count("jwks") == 1


def test_b25_the_first_launch_after_a_rotation_works(stage: Stage) -> None:
    """6.4: a new key id makes us ask once; then it is known."""
    campus = stage.registered.campus
    assert stage.launch().status_code == 200
    campus.keys.rotate(keep=0)

    answers = [stage.launch().status_code for _ in range(3)]

    assert (answers, campus.traffic.count("jwks")) == ([200, 200, 200], 2)


def test_a_warm_launch_asks_for_no_keys(stage: Stage) -> None:
    """The keys are fetched 0.00 times per launch."""
    stage.launch()
    stage.registered.campus.traffic.clear()

    for _ in range(5):
        assert stage.launch().status_code == 200

    assert stage.registered.campus.traffic.count("jwks") == 0


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(500, '{"keys": []}'),
        faults.status(404),
        faults.html(),
        faults.empty(),
        faults.without("keys"),
        faults.saying(keys={}),
        faults.saying(keys=[]),
        faults.huge(),
        faults.gzip_bomb(),
        faults.redirect("http://127.0.0.1:9/jwks"),
        faults.drip(),
    ],
    ids=[
        "500",
        "404",
        "HTML",
        "nothing",
        "no keys",
        "keys are no list",
        "keys are empty",
        "20 MB",
        "gzip bomb",
        "redirect",
        "a byte per second",
    ],
)
def test_b26_a_key_set_that_cannot_be_had(
    stage: Stage, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """6.3: try later, and nothing of it is kept: mended, the next launch works."""
    monkeypatch.setattr("lti.http.TOTAL_SECONDS", 1.5)
    stage.registered.campus.faults.on("jwks", fault)

    answer = stage.launch()

    assert stage.refusal(answer) == "platform_keys"
    assert "in a few minutes" in answer.get_data(as_text=True)
    stage.registered.campus.faults.off()
    assert stage.launch().status_code == 200


def test_b26_a_platform_that_is_not_there(stage: Stage) -> None:
    """No connection: 401 and "later", as for any other trouble of the platform's."""
    stage.registered.registration.jwks_url = "http://127.0.0.1:9/jwks"
    stage.session.commit()

    assert stage.refusal(stage.launch()) == "platform_keys"


def test_b26_the_old_set_serves_for_seven_days(stage: Stage) -> None:
    """A platform whose key set is down still launches, with keys we have seen."""
    clock = stage.app.extensions["clock"]
    assert stage.launch().status_code == 200
    stage.registered.campus.faults.on("jwks", faults.status(500))

    clock.advance(timedelta(days=6, hours=23))
    within = stage.launch()
    clock.advance(timedelta(hours=2))
    after = stage.launch()

    assert (within.status_code, after.status_code) == (200, 401)
    assert stage.reasons() == ["platform_keys"]


def test_b26_the_old_set_outlives_a_restart(stage: Stage) -> None:
    """What was fetched whole lies in the database, too."""
    assert stage.launch().status_code == 200
    stage.registered.campus.faults.on("jwks", faults.status(500))
    restarted = create_app(stage.app.extensions["laurel"])
    restarted.extensions["clock"] = stage.app.extensions["clock"]

    answer = replace(stage, app=restarted).launch()

    with restarted.app_context():
        db.engine.dispose()
    assert answer.status_code == 200


def test_a_key_of_the_right_name_by_somebody_else_asks_nobody(stage: Stage) -> None:
    """A wrong signature by a known key id is no reason to ask the platform."""
    stage.launch()
    campus = stage.registered.campus
    campus.traffic.clear()
    forger = SigningKey(campus.keys.current.kid, signing_key("forger").private)

    stage.launch(key=forger)

    assert (stage.reasons(), campus.traffic.count("jwks")) == (["signature"], 0)
