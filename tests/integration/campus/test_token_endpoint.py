"""Access tokens for a tool that proves itself by its published key."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from campus import vocabulary as lti
from campus.keys import signing_key
from campus.state import Campus
from campus.tokens import REMOVED
from campus.web import create_app
from tests.integration.campus.stage import ProvingTool, proving_tool, recording

MOODLE = recording("moodle_token")
CANVAS = recording("canvas")["token"]


@pytest.fixture
def moodle() -> Campus:
    return Campus("moodle")


@pytest.fixture
def canvas() -> Campus:
    return Campus("canvas")


@pytest.fixture
def at_moodle(moodle: Campus) -> Iterator[ProvingTool]:
    with proving_tool(moodle) as tool:
        yield tool


@pytest.fixture
def at_canvas(canvas: Campus) -> Iterator[ProvingTool]:
    with proving_tool(canvas) as tool:
        yield tool


def post(campus: Campus, form: dict[str, str]) -> TestResponse:
    asking = create_app(campus).test_client()
    path = campus.endpoints.token.removeprefix(campus.base_url)
    return asking.post(path, data=form)


def test_moodle_grants_as_recorded(moodle: Campus, at_moodle: ProvingTool) -> None:
    recorded = MOODLE["ok_full"]

    answer = post(moodle, at_moodle.request(moodle.endpoints.token))

    assert (answer.status_code, answer.content_type) == (
        recorded["status"],
        recorded["type"],
    )
    granted, wanted = json.loads(answer.data), json.loads(recorded["body"])
    assert len(granted.pop("access_token")) == len(wanted.pop("access_token"))
    assert granted == wanted
    assert answer.data.startswith(recorded["body"][:20].encode())


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("wrong_aud", {"aud": "http://evil.example"}),
        ("iss!=sub", {"iss": "other"}),
        ("jti_replay", {"jti": "again"}),
    ],
)
def test_moodle_does_not_look_at_this(
    moodle: Campus, at_moodle: ProvingTool, name: str, changes: dict[str, object]
) -> None:
    for _ in range(2):
        form = at_moodle.request(moodle.endpoints.token, **changes)
        assert post(moodle, form).status_code == MOODLE[name]["status"] == 200


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("expired", {"exp": int(time.time()) - 100}),
        ("bad_client", {"sub": "nope"}),
    ],
)
def test_moodle_refuses_a_bad_assertion_as_recorded(
    moodle: Campus, at_moodle: ProvingTool, name: str, changes: dict[str, object]
) -> None:
    form = at_moodle.request(moodle.endpoints.token, **changes)

    answer = post(moodle, form)

    assert answer.status_code == MOODLE[name]["status"]
    assert answer.get_data(as_text=True) == MOODLE[name]["body"]


def test_moodle_does_not_escape_what_it_says_about_an_unknown_kid(
    moodle: Campus, at_moodle: ProvingTool
) -> None:
    form = at_moodle.request(moodle.endpoints.token)
    form["client_assertion"] = at_moodle.assertion("any", header={"kid": "zzz"})

    answer = post(moodle, form)

    assert answer.get_data(as_text=True) == MOODLE["unknown_kid"]["body"]


def test_a_foreign_key_with_the_right_kid_is_refused(
    moodle: Campus, at_moodle: ProvingTool
) -> None:
    impostor = ProvingTool(at_moodle.tool, signing_key(at_moodle.key.kid))

    answer = post(moodle, impostor.request(moodle.endpoints.token))

    assert answer.status_code == 400
    assert answer.get_json(force=True) == {"error": "Signature verification failed"}


def test_a_tools_new_key_works_at_once_even_under_its_old_name(
    moodle: Campus, at_moodle: ProvingTool
) -> None:
    renewed = ProvingTool(at_moodle.tool, signing_key(at_moodle.key.kid))
    first = post(moodle, at_moodle.request(moodle.endpoints.token))

    at_moodle.published[:] = [renewed.key]

    second = post(moodle, renewed.request(moodle.endpoints.token))
    old = post(moodle, at_moodle.request(moodle.endpoints.token))
    assert [one.status_code for one in (first, second, old)] == [200, 200, 400]


@pytest.mark.parametrize("path", ["/gone", "/page"])
def test_a_tool_without_a_key_set_is_told_its_kid_is_unknown(
    moodle: Campus, at_moodle: ProvingTool, path: str
) -> None:
    url = at_moodle.tool.jwks_url.replace("/lti/jwks.json", path)
    moodle.change_tool(replace(at_moodle.tool, jwks_url=url))

    answer = post(moodle, at_moodle.request(moodle.endpoints.token))

    assert answer.get_data(as_text=True) == MOODLE["unknown_kid"]["body"]


@pytest.mark.parametrize(
    ("name", "scopes"),
    [("only_openid_scope", "openid"), ("unknown_scope", "x")],
)
def test_moodle_drops_unknown_scopes_and_refuses_none(
    moodle: Campus, at_moodle: ProvingTool, name: str, scopes: str
) -> None:
    form = at_moodle.request(moodle.endpoints.token, scopes)

    alone = post(moodle, form)
    beside = post(
        moodle, at_moodle.request(moodle.endpoints.token, scopes, lti.MEMBERS_READ)
    )

    assert alone.get_data(as_text=True) == MOODLE[name]["body"]
    assert json.loads(beside.data)["scope"] == lti.MEMBERS_READ


def test_moodle_refuses_a_json_body_as_recorded(moodle: Campus) -> None:
    answer = create_app(moodle).test_client().post("/mod/lti/token.php", json={"a": 1})

    assert answer.get_data(as_text=True) == MOODLE["json_body"]["body"]


def test_canvas_grants_a_token_of_the_documented_shape(
    canvas: Campus, at_canvas: ProvingTool
) -> None:
    answer = post(canvas, at_canvas.request(canvas.endpoints.token))

    body = answer.get_json()
    assert list(body) == list(CANVAS["response"]["body"])
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["scope"] == CANVAS["response"]["body"]["scope"]
    assert len(body["access_token"].split(".")) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://localhost:8080"},
        {"jti": REMOVED},
        {"iat": REMOVED},
        {"exp": int(time.time()) - 1},
    ],
)
def test_canvas_looks_at_every_claim_of_an_assertion(
    canvas: Campus, at_canvas: ProvingTool, changes: dict[str, object]
) -> None:
    form = at_canvas.request(canvas.endpoints.token, **changes)

    answer = post(canvas, form)

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"


def test_canvas_takes_an_assertion_once(canvas: Campus, at_canvas: ProvingTool) -> None:
    form = at_canvas.request(canvas.endpoints.token)

    statuses = [post(canvas, form).status_code for _ in range(2)]

    assert statuses == [200, 400]


def test_canvas_grants_nothing_if_one_scope_is_too_much(
    canvas: Campus, at_canvas: ProvingTool
) -> None:
    form = at_canvas.request(canvas.endpoints.token, "openid", lti.MEMBERS_READ)

    answer = post(canvas, form)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")


def test_canvas_does_not_know_a_client(canvas: Campus, at_canvas: ProvingTool) -> None:
    form = at_canvas.request(canvas.endpoints.token, sub="nobody")

    answer = post(canvas, form)

    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_an_access_token_ends_after_an_hour_of_campus_time(
    moodle: Campus, at_moodle: ProvingTool
) -> None:
    body = json.loads(post(moodle, at_moodle.request(moodle.endpoints.token)).data)

    token = moodle.find_token(body["access_token"])

    assert token is not None
    assert round((token.expires_at - moodle.now()).total_seconds()) == 3600
