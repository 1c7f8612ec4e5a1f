"""Security table C5 to C11: one login, one browser, one launch."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campus import launches
from campus.keys import SigningKey, signing_key
from campus.tokens import REMOVED
from tests.conformance.stage import Begun, Stage, bearer_of, parameters_of
from tests.support.databases import Database
from tests.support.visitor import Page

pytestmark = pytest.mark.conformance


def asked_for_proof(answer: TestResponse) -> dict[str, str]:
    """Check that nobody entered yet; return what the page's script is told."""
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "laurel-session" in page) == (401, False)
    proofs: dict[str, str] = json.loads(Page("", page).scripts["finish-proofs"])
    return proofs


def finish(
    stage: Stage, browser: FlaskClient, pending: str, proof: str, **headers: str
) -> TestResponse:
    """Post what the script of that page posts."""
    own = {"Origin": stage.app.extensions["laurel"].public_url}
    return browser.post(
        "/lti/launch/finish",
        data={"pending": pending, "proof": proof},
        headers={name: value for name, value in {**own, **headers}.items() if value},
    )


def held_back(stage: Stage) -> tuple[Begun, dict[str, str]]:
    """Return a login whose launch came without the cookie, and what was asked."""
    begun = stage.begin(changes={"lti_storage_target": "_parent"})
    answer = stage.post(begun, stage.token(begun), browser=stage.browser())
    return begun, asked_for_proof(answer)


def test_c05_a_state_that_is_missing_invented_or_expired(stage: Stage) -> None:
    """7.3.1: the state must be one of ours, ten minutes old at most."""
    begun = stage.begin()
    for state in ("", "invented", begun.state + "x", "é\u0000", "x" * 5000):
        answer = stage.post(begun, stage.token(begun), state=state)
        assert stage.refusal(answer) == "state_unknown", state

    stage.app.extensions["clock"].advance(timedelta(minutes=10))
    answer = stage.post(begun, stage.token(begun))
    assert stage.refusal(answer) == "state_expired"


@pytest.mark.usefixtures("database")
def test_c05_bytes_that_no_database_looks_for(stage: Stage, database: Database) -> None:
    """What cannot be stored cannot be found, on either database: no failure."""
    begun, browser = stage.begin(), stage.browser()
    form = stage.login_form()

    for text in ("\x00", "é\x00"):
        answers = [
            stage.post(begun, stage.token(begun), state=text),
            browser.post("/lti/launch", data={"error": "x", "state": text}),
            browser.post(f"/lti/login/{quote(text)}", data=form),
            finish(stage, browser, text, text),
            *(
                browser.post("/lti/login", data={**form, name: text})
                for name in ("iss", "client_id", "lti_deployment_id")
            ),
        ]
        for answer in answers:
            assert stage.refusal(answer)
    for name in ("login_hint", "lti_message_hint", "lti_storage_target"):
        begun = stage.begin(changes={name: "a\x00b"})
        assert stage.post(begun, stage.token(begun)).status_code == 200


def test_c05_a_state_of_another_browser(stage: Stage) -> None:
    """7.3.1, login CSRF: who cannot show the proof does not enter."""
    begun = stage.begin()
    victim = stage.browser()

    answer = stage.post(begun, stage.token(begun), browser=victim)

    asked_for_proof(answer)
    assert stage.sessions() == 0
    own = stage.begin(browser=victim)
    answer = stage.post(begun, stage.token(begun), browser=own.browser)
    asked_for_proof(answer)


def test_c06_the_same_launch_twice_elsewhere_and_later(stage: Stage) -> None:
    """Step 9: one launch opens once, whoever repeats it and whenever."""
    begun = stage.begin()
    token = stage.token(begun)
    elsewhere_first = stage.post(begun, token, browser=stage.browser())

    first = stage.post(begun, token)
    again = [
        stage.post(begun, token),
        stage.post(begun, token, browser=stage.browser()),
    ]
    stage.app.extensions["clock"].advance(timedelta(hours=1))
    again.append(stage.post(begun, token))

    assert (elsewhere_first.status_code, first.status_code) == (401, 200)
    assert [answer.status_code for answer in again] == [401, 401, 401]
    assert stage.reasons() == ["state_used"] * 3
    assert stage.sessions() == 1


@pytest.mark.usefixtures("database")
def test_c06_of_twenty_parallel_replays_one_opens(
    stage: Stage, database: Database
) -> None:
    """Step 9: the database decides, on both of them."""
    stage.launch(stage.registered.cast.ben)
    begun = stage.begin()
    token, cookies = stage.token(begun), begun.answer.headers.getlist("Set-Cookie")

    def replay(_number: int) -> int:
        browser = stage.browser()
        name, _, value = cookies[0].split("; ")[0].partition("=")
        browser.set_cookie(name, value, path="/lti")
        return stage.post(begun, token, browser=browser).status_code

    with ThreadPoolExecutor(max_workers=20) as threads:
        answers = sorted(threads.map(replay, range(20)))

    assert answers == [200] + [401] * 19
    assert stage.sessions() == 2


def test_c07_a_nonce_of_no_login_of_another_or_of_an_old_one(stage: Stage) -> None:
    """Step 9: the nonce belongs to one state."""
    used, other, begun = stage.begin(), stage.begin(), stage.begin()
    assert stage.post(used, stage.token(used)).status_code == 200
    values: tuple[Any, ...] = (REMOVED, None, "", 7, [begun.nonce], {}, "unknown")

    for nonce in (*values, used.nonce, other.nonce, "\ud800"):
        answer = stage.post(begun, stage.token(begun, {"nonce": nonce}))
        assert (answer.status_code, stage.reasons()[-1]) == (401, "nonce"), nonce

    swapped = stage.post(begun, stage.token(other))
    assert (swapped.status_code, stage.reasons()[-1]) == (401, "nonce")


def test_c08_a_bad_token_does_not_harm_the_true_launch(stage: Stage) -> None:
    """A stranger who knows state and nonce cannot use them up."""
    begun = stage.begin()
    kid = stage.registered.campus.keys.current.kid
    forger = SigningKey(kid, signing_key("forger").private)

    forged = stage.post(begun, stage.token(begun, key=forger))
    elsewhere = stage.post(
        begun, stage.token(begun, key=forger), browser=stage.browser()
    )
    true = stage.post(begun, stage.token(begun))

    answers = (forged.status_code, elsewhere.status_code, true.status_code)
    assert answers == (401, 401, 200)


def test_c09_the_platform_answers_an_error(stage: Stage) -> None:
    """OIDC Core 3.1.2.6: a friendly page, nothing repeated, the login closed."""
    for number, (error, reason) in enumerate(
        (
            ("login_required", "platform_login_required"),
            ("invalid_scope", "platform_invalid_scope"),
            ("<script>alert(1)</script>", "platform_error"),
        )
    ):
        begun = stage.begin()
        form = {
            "error": error,
            "error_description": "<b>Mallory</b>",
            "state": begun.state,
        }
        answer = begun.browser.post("/lti/launch", data=form)
        assert stage.refusal(answer) == reason
        assert "Mallory" not in answer.get_data(as_text=True)
        late = stage.post(begun, stage.token(begun))
        assert stage.refusal(late) == "state_used", number

    unknown = stage.browser().post("/lti/launch", data={"error": "access_denied"})
    assert stage.refusal(unknown) == "platform_access_denied"


def test_c09_the_error_a_real_platform_answers(stage: Stage) -> None:
    """The campus refuses in its own words, which reach us by the browser."""
    begun = stage.begin()
    parameters = {**parameters_of(begun.answer), "login_hint": "somebody-else"}

    form = launches.authorize(stage.registered.campus, parameters)
    answer = begun.browser.post("/lti/launch", data=form.fields)

    assert "error" in form.fields
    assert stage.refusal(answer).startswith("platform_")


def test_c10_a_browser_proves_itself_by_storage(stage: Stage) -> None:
    """lti-pm-s: whoever shows the state that was put away may enter."""
    begun, asked = held_back(stage)

    answer = finish(stage, stage.browser(), asked["pending"], begun.state)

    assert (answer.status_code, stage.sessions()) == (200, 1)
    assert bearer_of(answer)
    assert (asked["target"], asked["origin"]) == (
        "_parent",
        stage.registered.campus.base_url,
    )
    assert begun.state not in json.dumps(asked)


def test_c10_a_proof_that_is_wrong_late_or_repeated(stage: Stage) -> None:
    """A waiting launch is for one try, within a minute, with its own state."""
    clock = stage.app.extensions["clock"]
    for number in range(5):
        (begun, asked), (other, _) = held_back(stage), held_back(stage)
        proof = ("", "wrong", begun.nonce, other.state, "é")[number]
        wrong = finish(stage, begun.browser, asked["pending"], proof)
        assert stage.refusal(wrong) == "browser_unproven", number
        again = finish(stage, begun.browser, asked["pending"], begun.state)
        assert stage.refusal(again) == "pending_unknown"

    begun, asked = held_back(stage)
    clock.advance(timedelta(seconds=61))
    late = finish(stage, begun.browser, asked["pending"], begun.state)
    assert stage.refusal(late) == "pending_unknown"
    invented = finish(stage, begun.browser, "invented", begun.state)
    assert stage.refusal(invented) == "pending_unknown"


def test_c10_a_finished_launch_cannot_be_finished_again(stage: Stage) -> None:
    """Two waiting launches of one login: one of them opens."""
    begun = stage.begin()
    token = stage.token(begun)
    waiting = [
        asked_for_proof(stage.post(begun, token, browser=stage.browser()))["pending"]
        for _ in range(2)
    ]

    answers = [
        finish(stage, stage.browser(), pending, begun.state)
        for pending in (*waiting, waiting[0])
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert stage.reasons() == ["state_used", "pending_unknown"]


def test_c11_a_page_elsewhere_that_knows_state_and_launch(stage: Stage) -> None:
    """7.3.1: an attacker's own launch must not open in another person's browser."""
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "", "Sec-Fetch-Site": "same-site"},
    ):
        begun, asked = held_back(stage)
        answer = finish(
            stage, stage.browser(), asked["pending"], begun.state, **headers
        )
        assert stage.refusal(answer) == "foreign_page", headers

    begun, asked = held_back(stage)
    ours = {"Origin": "", "Sec-Fetch-Site": "same-origin"}
    answer = finish(stage, stage.browser(), asked["pending"], begun.state, **ours)
    assert answer.status_code == 200


def test_c11_only_the_platform_may_frame_a_launch(stage: Stage) -> None:
    """7.3.1, F7: each page of a login names who may frame it; others nobody else."""
    begun, asked = held_back(stage)
    finished = finish(stage, stage.browser(), asked["pending"], begun.state)
    framing = f"frame-ancestors 'self' {stage.registered.campus.base_url}"

    for answer in (begun.answer, finished, stage.launch(changes={"exp": 0})):
        assert answer.headers["Content-Security-Policy"].endswith(framing)
        assert "X-Frame-Options" not in answer.headers
    stranger = stage.browser().post("/lti/launch", data={})
    policy = stranger.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'")
