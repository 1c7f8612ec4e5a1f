"""What PyLTI1p3 would let pass, and our classes do not."""

from datetime import datetime, timedelta

import pytest
from flask import Response
from pylti1p3.deployment import Deployment

from lti.adapters import (
    DbToolConf,
    PartitionedCookieService,
    StrictSessionService,
    cookie_name,
    request_of,
)
from lti.errors import LaunchRejected
from lti.platform_keys import PlatformKeys
from lti.verification import verify
from models import Login, Registration
from tests.support.clock import NOW


def a_login(now: datetime = NOW) -> Login:
    return Login(
        state="the-state",
        nonce="the-nonce",
        target_link_uri="https://tool.example/lti/launch",
        expires_at=now + timedelta(minutes=10),
        registration=Registration(issuer="https://lms.example", client_id="abc"),
    )


def reason_of(login: Login | None, **parameters: str) -> str:
    with pytest.raises(LaunchRejected) as refused:
        verify(login, parameters, PlatformKeys(development=False), NOW)
    return refused.value.reason


def test_a_launch_needs_the_login_it_names() -> None:
    assert reason_of(None, state="the-state") == "state_unknown"
    assert reason_of(a_login(), state="another") == "state_unknown"
    assert reason_of(a_login()) == "state_unknown"
    assert reason_of(a_login(), state="the-state") == "not_a_jwt"


def test_what_no_check_foresaw_is_a_refusal_all_the_same() -> None:
    assert reason_of(a_login(), state="\ud800") == "unreadable_UnicodeEncodeError"


def test_a_seen_state_or_nonce_is_worth_nothing() -> None:
    service = StrictSessionService(request_of({}))

    service.save_nonce("n")
    service.set_state_valid("s", "hash")
    service.save_launch_data("launch", {"sub": "17"})

    assert service.check_nonce("n") is False
    assert service.check_state_is_valid("s", "hash") is False


def test_an_unknown_issuer_is_none_and_never_an_error() -> None:
    conf = DbToolConf(lambda _issuer, _client_id: None)

    assert conf.check_iss_has_one_client("x") is False
    assert conf.check_iss_has_many_clients("x") is True
    assert conf.find_registration_by_issuer("x") is None
    assert conf.find_registration_by_params("x", "y") is None


def test_two_configurations_share_nothing() -> None:
    row = Registration(
        issuer="https://lms.example",
        client_id="abc",
        auth_login_url="https://lms.example/auth",
        jwks_url="https://lms.example/jwks",
    )
    first = DbToolConf(lambda _issuer, _client_id: row)
    second = DbToolConf(lambda _issuer, _client_id: None)

    found = first.find_registration_by_params("https://lms.example", "abc")

    assert (found.get_issuer(), found.get_client_id()) == (row.issuer, "abc")
    assert second.find_registration_by_params("https://lms.example", "abc") is None
    assert isinstance(first.find_deployment("x", "1"), Deployment)


def test_a_request_is_what_it_was_given_and_not_flasks() -> None:
    assert request_of({}).get_param("state") is None
    assert request_of({"state": "s"}).get_param("state") == "s"
    assert request_of({}, {"a": "b"}).get_cookie("a") == "b"


def test_cookies_come_in_pairs_and_one_cannot_be_read() -> None:
    service, response = PartitionedCookieService(request_of({})), Response()
    service.set_cookie("s", "s", 600)

    service.update_response(response)

    proof, twin = response.headers.getlist("Set-Cookie")
    assert proof.startswith(f"{cookie_name('s')}=s; ")
    assert ("HttpOnly" in proof, "HttpOnly" in twin) == (True, False)
