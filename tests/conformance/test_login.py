"""Security table C1 to C4 and C12 to C14: the login a platform begins."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from jobs.cleaning import clean_up
from lti import login as logins
from lti import registrations
from models import Registration
from tests.conformance.stage import Stage, parameters_of
from tests.support.clock import NOW
from tests.support.visitor import Page

pytestmark = pytest.mark.conformance


def register_beside(stage: Stage, client_id: str) -> Registration:
    ours = stage.registered.registration
    added = registrations.add(
        stage.session,
        registrations.Details(
            tenant="beside",
            issuer=ours.issuer,
            client_id=client_id,
            auth_login_url=ours.auth_login_url,
            token_url=ours.token_url,
            jwks_url=ours.jwks_url,
        ),
        NOW,
        development=True,
    )
    stage.session.commit()
    return added


def test_c01_a_login_that_names_no_platform_of_ours(stage: Stage) -> None:
    """Security Framework 5.1.1.1: iss and login_hint are required, and known."""
    form = stage.login_form()
    ours = stage.registered.registration
    disabled = register_beside(stage, "disabled")
    disabled.state = "disabled"
    stage.session.commit()
    for changes in (
        {"iss": ""},
        {"iss": "https://unknown.example"},
        {"iss": ours.issuer + "/"},
        {"iss": "\x00"},
        {"login_hint": ""},
        {"client_id": "unknown"},
        {"client_id": "disabled"},
        {"client_id": "\x00"},
    ):
        answer = stage.browser().post("/lti/login", data={**form, **changes})
        assert answer.status_code == 400, changes
        assert stage.refusal(answer) in {"unknown_platform", "malformed"}, changes


def test_c01_two_platforms_of_one_issuer_need_a_client_id_or_an_address(
    stage: Stage,
) -> None:
    """Core 4.1.3: who is meant must be clear; a login address makes it so."""
    beside = register_beside(stage, "beside")
    form = stage.login_form()
    del form["client_id"]
    browser = stage.browser()

    unclear = browser.post("/lti/login", data=form)
    by_address = browser.post(f"/lti/login/{beside.public_id}", data=form)
    by_name = browser.post("/lti/login", data={**form, "client_id": "beside"})

    assert unclear.status_code == 400
    assert parameters_of(by_address)["client_id"] == "beside"
    assert parameters_of(by_name)["client_id"] == "beside"


def test_c01_twins_are_told_apart_by_their_login_address(stage: Stage) -> None:
    """Self-hosted platforms share issuer and client id: the address decides."""
    twin = register_beside(stage, stage.registered.registration.client_id)
    twin.auth_login_url = "https://twin.example/auth"
    stage.session.commit()
    form, browser = stage.login_form(), stage.browser()

    unclear = browser.post("/lti/login", data=form)
    clear = browser.post(f"/lti/login/{twin.public_id}", data=form)
    foreign = browser.post(
        f"/lti/login/{twin.public_id}", data={**form, "iss": "https://x.example"}
    )

    assert (unclear.status_code, foreign.status_code) == (400, 400)
    link = Page("", clear.get_data(as_text=True)).links["continue"]
    assert link.startswith("https://twin.example/auth?")


def test_c02_a_target_off_our_site(stage: Stage) -> None:
    """5.1.1.2: the redirect_uri is ours whatever is asked, and the target is here."""
    config, form = stage.app.extensions["laurel"], stage.login_form()
    for target in (
        "https://evil.example/lti/launch",
        "javascript:alert(1)",
        "//evil.example/lti/launch",
        config.public_url + "@evil.example/",
        config.public_url.replace("http:", "https:"),
        "",
        "é" + config.public_url,
    ):
        answer = stage.browser().post(
            "/lti/login", data={**form, "target_link_uri": target}
        )
        assert stage.refusal(answer) == "target_link_uri", target

    deep = {"target_link_uri": f"{config.public_url}/lti/launch?placement=x"}
    begun = stage.begin(changes=deep)
    wanted = f"{config.public_url}/lti/launch"
    assert parameters_of(begun.answer)["redirect_uri"] == wanted


def test_c03_get_and_post_doubled_long_and_broken_parameters(stage: Stage) -> None:
    """Core 4.1: both methods; the first value counts; what is sent stays data."""
    form, browser = stage.login_form(), stage.browser()
    doubled = MultiDict([*form.items(), ("client_id", "second"), ("iss", "second")])

    got = browser.get("/lti/login", query_string=form)
    twice = browser.post("/lti/login", data=doubled)
    long = browser.post("/lti/login", data={**form, "login_hint": "x" * 100_000})
    broken = browser.post("/lti/login", data={**form, "login_hint": "a\r\nSet: b"})

    assert (got.status_code, twice.status_code) == (200, 200)
    assert parameters_of(got)["login_hint"] == form["login_hint"]
    assert parameters_of(twice)["client_id"] == form["client_id"]
    assert stage.refusal(long) == "too_long"
    assert parameters_of(broken)["login_hint"] == "a\r\nSet: b"
    assert "Set" not in broken.headers


def test_c03_the_authentication_request_is_complete(stage: Stage) -> None:
    """5.1.1.2: every parameter as required, state and nonce of 256 bit."""
    form = stage.login_form()
    answer = stage.browser().post("/lti/login", data=form)

    query = parameters_of(answer)

    state, nonce = query.pop("state"), query.pop("nonce")
    assert (len(state), len(nonce), state != nonce) == (43, 43, True)
    assert query == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": form["client_id"],
        "redirect_uri": stage.app.extensions["laurel"].public_url + "/lti/launch",
        "login_hint": form["login_hint"],
        "lti_message_hint": form["lti_message_hint"],
    }


def test_c04_an_authorization_address_with_a_query_of_its_own(stage: Stage) -> None:
    """The request is joined with `&` where the address has a query."""
    stage.registered.registration.auth_login_url += "?institution=7"
    stage.session.commit()

    begun = stage.begin()

    link = Page("", begun.answer.get_data(as_text=True)).links["continue"]
    assert link.count("?") == 1
    assert parse_qs(urlsplit(link).query)["institution"] == ["7"]


def test_c12_a_storage_target_that_is_no_frame_name(stage: Stage) -> None:
    """lti-pm-s: the name is data in a page; what is no name means the parent."""
    for target, expected in (
        ("post_message_forwarding", "post_message_forwarding"),
        ("_parent", "_parent"),
        ('"><script>alert(1)</script>', "_parent"),
        ("</script><script>alert(1)</script>", "_parent"),
        ("__proto__", "_parent"),
        ("x" * 10_000, "_parent"),
    ):
        begun = stage.begin(changes={"lti_storage_target": target})
        text = begun.answer.get_data(as_text=True)
        proofs = json.loads(Page("", text).scripts["login-proofs"])
        assert proofs["target"] == expected
        assert proofs["origin"] == stage.registered.campus.base_url
        assert "<script>alert" not in text


def test_c13_a_flood_of_logins_is_stopped_and_forgotten(stage: Stage) -> None:
    """Rows per registration are the limit: a school shares one address."""
    form, clock = stage.login_form(), stage.app.extensions["clock"]
    browser = stage.browser()
    answers = [browser.post("/lti/login", data=form) for _ in range(logins.MOST_OPEN)]
    assert {answer.status_code for answer in answers} == {200}

    flooded = browser.post("/lti/login", data=form)

    assert flooded.status_code == 429
    assert stage.open_logins() == logins.MOST_OPEN
    clock.advance(timedelta(minutes=2))
    assert stage.begin().answer.status_code == 200
    clock.advance(timedelta(hours=2))
    with stage.app.app_context():
        clean_up()
    assert stage.open_logins() == 0


def test_c14_what_the_request_says_of_its_own_host(stage: Stage) -> None:
    """Addresses and cookies follow PUBLIC_URL, never a header."""
    evil = {"Host": "evil.example", "X-Forwarded-Proto": "http"}
    evil["X-Forwarded-Host"] = "evil.example"

    answer = stage.browser().post("/lti/login", data=stage.login_form(), headers=evil)

    wanted = stage.app.extensions["laurel"].public_url + "/lti/launch"
    assert parameters_of(answer)["redirect_uri"] == wanted
    assert "evil.example" not in answer.get_data(as_text=True)
    assert len(answer.headers.getlist("Set-Cookie")) == 2
    for cookie in answer.headers.getlist("Set-Cookie"):
        attributes = set(cookie.split("; ")[1:])
        assert attributes >= {"Secure", "SameSite=None", "Partitioned", "Path=/lti"}


def test_the_proving_cookie_is_out_of_reach_and_tells_nothing(stage: Stage) -> None:
    """The proof is HttpOnly; only its twin, which proves nothing, can be read."""
    begun = stage.begin()

    proof, twin = begun.answer.headers.getlist("Set-Cookie")

    name, _, value = proof.split("; ")[0].partition("=")
    assert (value, "HttpOnly" in proof) == (begun.state, True)
    assert re.fullmatch(r"lti_state_[0-9a-f]{16}", name)
    assert twin.startswith(name.replace("state", "seen") + "=1;")
    assert "HttpOnly" not in twin


def test_the_login_is_a_page_with_a_way_into_a_window(stage: Stage) -> None:
    """The same login again, in a window of its own, without the storage."""
    begun = stage.begin(changes={"lti_storage_target": "_parent"})

    link = Page("", begun.answer.get_data(as_text=True)).links["window"]

    assert begun.answer.status_code == 200
    again = begun.browser.get(f"/lti/login?{urlsplit(link).query}")
    assert again.status_code == 200
    assert "lti_storage_target" not in link
    assert link.startswith(stage.app.extensions["laurel"].public_url + "/lti/login?")
