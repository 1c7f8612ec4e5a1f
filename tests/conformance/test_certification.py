"""LTI Advantage Conformance Certification Guide 1.3, section 6.1: the tool's launches.

The names in the tables are the guide's own.
"""

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from campus import vocabulary as lti
from campus.tokens import REMOVED
from models import LaunchSession
from tests.conformance.stage import Stage, bearer_of

pytestmark = pytest.mark.conformance

PII = ("name", "given_name", "family_name", "email", "lis")
NAMES = ("name", "given_name", "family_name")


def without(*claims: str) -> dict[str, object]:
    return dict.fromkeys(claims, REMOVED)


def role_of(stage: Stage, answer: TestResponse) -> str:
    """Return the role in which an accepted launch entered."""
    assert (answer.status_code, stage.reasons()) == (200, [])
    bearer_of(answer)
    return stage.session.scalars(sa.select(LaunchSession.role)).one()


@pytest.mark.parametrize(
    ("case", "changes", "header", "reason"),
    [
        ("No KID Sent in JWT header", {}, {"kid": REMOVED}, "kid"),
        ("Incorrect KID in JWT header", {}, {"kid": "no-such-key"}, "kid_unknown"),
        ("Wrong LTI Version", {lti.VERSION: "1.2.0"}, {}, "version"),
        ("No LTI Version", without(lti.VERSION), {}, "version"),
        ("Timestamps Incorrect", {"iat": 11111, "exp": 22222}, {}, "expired"),
        ("messsage_type Claim Missing", without(lti.MESSAGE_TYPE), {}, "message_type"),
        ("role Claim Missing", without(lti.ROLES), {}, "roles"),
        (
            "deployment_id Claim Missing",
            without(lti.DEPLOYMENT_ID),
            {},
            "deployment_id",
        ),
        (
            "resource_link_id Claim Missing",
            {lti.RESOURCE_LINK: {}},
            {},
            "resource_link",
        ),
        ("user Claim Missing", without("sub"), {}, "sub"),
    ],
)
def test_6_1_1_known_bad_payloads(
    stage: Stage,
    case: str,
    changes: dict[str, object],
    header: dict[str, object],
    reason: str,
) -> None:
    """A bad payload is refused without a session (6.1.1)."""
    answer = stage.launch(changes=changes, header=header)

    assert (case, stage.refusal(answer), answer.status_code) == (case, reason, 401)


@pytest.mark.parametrize(
    ("case", "payload"),
    [
        ("Invalid LTI message", '{"name": "badltilaunch"}'),
        ("Missing LTI Claims", None),
    ],
)
def test_6_1_1_payloads_that_are_no_launch(
    stage: Stage, case: str, payload: str | None
) -> None:
    """What is no LTI message at all is refused (6.1.1)."""
    begun = stage.begin()
    claims = {
        name: value
        for name, value in stage.claims(begun).items()
        if not name.startswith("https://")
    }
    answer = stage.post(begun, stage.token(begun, payload=payload or claims))

    assert stage.refusal(answer) in {"nonce", "deployment_id"}, case


@pytest.mark.parametrize("who", ["iris", "ada"])
@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("Launch", {}),
        ("Names Only", without("email")),
        ("Email Only", without(*NAMES)),
        ("No PII", without(*PII)),
        ("Email Without Context", without(*NAMES, lti.CONTEXT)),
    ],
)
def test_6_1_2_and_6_1_3_valid_launches(
    stage: Stage, who: str, case: str, changes: dict[str, object]
) -> None:
    """Teachers and students enter with much or little told of them (6.1.2, 6.1.3)."""
    answer = stage.launch(getattr(stage.registered.cast, who), changes)

    role = role_of(stage, answer)

    assert (case, role) == (case, "instructor" if who == "iris" else "learner")


@pytest.mark.parametrize(
    ("case", "roles", "role"),
    [
        (
            "Launch Instructor with Roles",
            [
                lti.INSTITUTION + "Instructor",
                lti.MEMBERSHIP + "Instructor",
                lti.MEMBERSHIP + "ContentDeveloper",
            ],
            "instructor",
        ),
        ("Launch Instructor Short Role", ["Instructor"], "instructor"),
        (
            "Launch Instructor Unknown Role",
            ["http://x.example/unknown#Lead"],
            "learner",
        ),
        ("Launch Instructor No Role", [], "learner"),
        (
            "Launch Student with Roles",
            [
                lti.INSTITUTION + "Student",
                lti.MEMBERSHIP + "Learner",
                lti.MEMBERSHIP + "Member",
            ],
            "learner",
        ),
        ("Launch Student Short Role", ["Learner"], "learner"),
        ("Launch Student Unknown Role", ["Wizard", lti.MEMBERSHIP + "Elf"], "learner"),
        ("Launch Student No Role", [], "learner"),
    ],
)
def test_6_1_2_and_6_1_3_roles(
    stage: Stage, case: str, roles: list[str], role: str
) -> None:
    """Known roles count, long or short; unknown ones give a learner's rights."""
    answer = stage.launch(changes={lti.ROLES: roles})

    assert (case, role_of(stage, answer)) == (case, role)
