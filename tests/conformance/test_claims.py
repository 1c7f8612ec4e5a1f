"""Security table B14 to B23: what an id_token says, and how badly it may say it."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from campus import vocabulary as lti
from campus.tokens import REMOVED, encoded
from lti import registrations
from models import Deployment
from tests.conformance.stage import Stage
from tests.support.clock import NOW

pytestmark = pytest.mark.conformance

NOT_AN_ID: tuple[Any, ...] = (REMOVED, None, "", 7, True, [], {}, "x" * 256, "🦊")
BAD_IDS: tuple[Any, ...] = (None, "", 7, [], "x" * 256, "é")
WRONG: tuple[Any, ...] = (
    None,
    0,
    "",
    "\ud800\u0000",
    [],
    {},
    True,
    [{}],
    {"id": [1]},
)


def test_b14_a_deployment_that_is_missing_or_not_let_in(stage: Stage) -> None:
    """Core 3.1.3 and 5.3.3: an unlisted place waits for the administrator."""
    for value in NOT_AN_ID:
        answer = stage.launch(changes={lti.DEPLOYMENT_ID: value})
        assert stage.refusal(answer) == "deployment_id", value
    registration = stage.registered.registration
    registration.deployments = "listed"
    stage.session.commit()

    answers = [stage.launch(), stage.launch()]

    assert {stage.refusal(answer) for answer in answers} == {"deployment_not_admitted"}
    assert "administrator" in answers[0].get_data(as_text=True)
    assert stage.members() == []
    (place,) = registrations.deployments_of(stage.session, registration)
    assert (place.lti_id, place.state) == ("1", "pending")
    registrations.admit(stage.session, registration, "1", NOW)
    stage.session.commit()
    assert stage.launch().status_code == 200


def test_b14_a_deployment_of_another_client_is_not_ours(stage: Stage) -> None:
    """Core 3.1.3: a deployment belongs to one registration."""
    theirs = registrations.add(
        stage.session,
        registrations.Details(
            tenant="rival",
            issuer="https://rival.example",
            client_id="rival",
            auth_login_url="https://rival.example/auth",
            token_url="https://rival.example/token",  # noqa: S106 -- an address
            jwks_url="https://rival.example/jwks",
            deployments=["1"],
        ),
        NOW,
        development=True,
    )
    stage.registered.registration.deployments = "listed"
    stage.session.commit()

    assert stage.refusal(stage.launch()) == "deployment_not_admitted"
    assert theirs.deployments == "listed"
    places = stage.session.scalars(sa.select(Deployment))
    states = {(place.registration_id, place.state) for place in places}
    ours = stage.registered.registration.id
    assert states == {(theirs.id, "active"), (ours, "pending")}


def test_b15_a_deployment_other_than_the_one_of_the_login(stage: Stage) -> None:
    """Core 4.1.2: `lti_deployment_id` and the claim must be the same."""
    begun = stage.begin(changes={"lti_deployment_id": "1"})

    answer = stage.post(begun, stage.token(begun, {lti.DEPLOYMENT_ID: "2"}))

    assert stage.refusal(answer) == "deployment_id"


def test_b16_a_sub_that_is_no_identifier(stage: Stage) -> None:
    """Core 5.3.6: a launch without a person is anonymous, and refused."""
    for value in (*NOT_AN_ID, "x" * 300, "Ada\n", "A\u0000", "\ud800"):
        assert stage.refusal(stage.launch(changes={"sub": value})) == "sub", value

    assert stage.members() == []


def test_b17_roles_missing_or_malformed(stage: Stage) -> None:
    """Core 5.3.7: a list is required; what is no text in it is nobody's role."""
    for value in (REMOVED, None, "Instructor", {}, 7, True):
        answer = stage.launch(changes={lti.ROLES: value})
        assert stage.refusal(answer) == "roles", value

    accepted: tuple[list[Any], ...] = (
        [1, None, {}],
        [],
        [[lti.MEMBERSHIP + "Instructor"]],
    )
    for roles in accepted:
        assert stage.launch(changes={lti.ROLES: roles}).status_code == 200
    assert [member.role for member in stage.members()] == ["learner"]


def test_b18_a_message_type_that_is_not_this_launch(stage: Stage) -> None:
    """Core 5.3.1: one message type, to the letter."""
    for value in (
        REMOVED,
        None,
        "",
        "LtiUnknownRequest",
        "ltiresourcelinkrequest",
        ["LtiResourceLinkRequest"],
        {},
    ):
        answer = stage.launch(changes={lti.MESSAGE_TYPE: value})
        assert stage.refusal(answer) == "message_type", value


def test_b19_a_version_other_than_1_3_0(stage: Stage) -> None:
    """Core 5.3.2: the version is 1.3.0."""
    for value in (REMOVED, None, "1.1", "1.3.00", "1.3", 1.3, ["1.3.0"], "LTI-1p0"):
        answer = stage.launch(changes={lti.VERSION: value})
        assert stage.refusal(answer) == "version", value


def test_b20_a_resource_link_without_an_id(stage: Stage) -> None:
    """Core 5.3.5: a resource link and its id are required."""
    for value in (REMOVED, None, {}, "link", [], *({"id": bad} for bad in BAD_IDS)):
        answer = stage.launch(changes={lti.RESOURCE_LINK: value})
        assert stage.refusal(answer) == "resource_link", value


def test_b21_a_target_link_uri_other_than_the_one_of_the_login(stage: Stage) -> None:
    """Core 5.3.4: where the launch goes was said at the login, on our host."""
    ours = stage.registered.cast.tool.target_link_uri
    for value in (
        REMOVED,
        None,
        7,
        f"{ours}?panel=badges",
        f"{ours}/",
        "https://evil.example/lti/launch",
        "javascript:alert(1)",
    ):
        answer = stage.launch(changes={lti.TARGET_LINK_URI: value})
        assert stage.refusal(answer) == "target_link_uri", value


def test_b22_what_is_not_a_jwt(stage: Stage) -> None:
    """Cert "Invalid LTI message": no token, half a token, or one too many."""
    begun = stage.begin()
    header, body, signature = stage.token(begun).split(".")
    claims = json.dumps(stage.claims(begun))
    doubled = claims[:-1] + ', "sub": "somebody-else"}'
    numbers = (claims[:-1] + f', "x": {bad}}}' for bad in ("NaN", "1e400", "-Infinity"))

    for token in (
        "",
        "not a token",
        f"{header}.{body}",
        f"{header}.{body}.{signature}.{signature}",
        f"{encoded('[1]')}.{body}.{signature}",
        f"{encoded('1')}.{body}.{signature}",
        f"{header}.{encoded('[1]')}.{signature}",
        f"{header}.{encoded('{')}.{signature}",
        f"{header}.%%%%.{signature}",
        f"{header}.{encoded(bytes([0xFF, 0xFE]))}.{signature}",
        f"é{header}.{body}.{signature}",
        stage.token(begun, {"padding": "x" * 70_000}),
        *(stage.token(begun, payload=text) for text in (doubled, *numbers)),
    ):
        assert stage.refusal(stage.post(begun, token)) == "not_a_jwt", token[:40]


def test_b23_json_nested_ten_thousand_deep(stage: Stage) -> None:
    """Whatever a parser chokes on is a refusal, never our failure."""
    for deep in ('{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 10_000 + "]" * 10_000):
        begun = stage.begin()
        answer = stage.post(begun, stage.token(begun, payload=deep))
        assert stage.refusal(answer) == "not_a_jwt"


def test_b23_every_claim_of_a_wrong_type(stage: Stage) -> None:
    """A claim of a wrong type is refused or ignored, never a failure of ours."""
    names = [name for name in stage.claims(stage.begin()) if name != "nonce"]
    for name in [*names, lti.CUSTOM, lti.TOOL_PLATFORM, "picture", "locale"]:
        for value in WRONG:
            answer = stage.launch(changes={name: value})
            assert answer.status_code in {200, 401}, (name, value)


def test_b23_hostile_texts_are_kept_as_harmless_ones(stage: Stage) -> None:
    """What cannot be stored or turns the text around is left out (F13)."""
    answer = stage.launch(changes={"name": "A\u0000d\u202ea\ud800 " + "x" * 10_000})

    (member,) = stage.members()
    assert answer.status_code == 200
    assert member.name == ("Ada " + "x" * 251)
