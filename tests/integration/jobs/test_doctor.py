"""`flask doctor` says in one sentence each what to mend."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import Result
from cryptography.fernet import Fernet
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import Fault, html, saying, status
from lti.keys import KeyRing
from models import Context, Registration, SyncState
from tests.support.platform import Registered
from tests.support.syncing import Desk

OK = [
    "keys    ok, 1 that may sign a launch",
    (
        "token   ok, good for ags/lineitem, ags/lineitem.readonly, "
        "ags/result.readonly, ags/score, contextmembership.readonly"
    ),
    "roster  ok, 9 people on the first page",
    "grades  ok, 2 line items on the first page",
]


def doctor(app: OpenAPI, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["doctor", *words])


def said(result: Result) -> dict[str, str]:
    """Return what was said of each check."""
    lines = [line for line in result.stdout.splitlines() if line.startswith("  ")]
    return {line.split()[0]: line.strip() for line in lines}


@pytest.fixture(params=["desk", "canvas_desk"])
def course(request: pytest.FixtureRequest) -> Desk:
    found: Desk = request.getfixturevalue(request.param)
    return found


def test_a_platform_in_good_health(course: Desk) -> None:
    result = doctor(course.app)

    assert list(said(result).values()) == OK
    assert result.exit_code == 0
    assert result.stdout.endswith("1 asked, nothing to mend.\n")
    assert "eyJ" not in result.output


@pytest.mark.parametrize(
    ("endpoint", "fault", "check", "advice"),
    [
        ("jwks", status(500), "keys", "Check its address"),
        ("jwks", html(), "keys", "Check its address"),
        ("jwks", saying(keys=[{"kty": "oct"}]), "keys", "no RSA key of 2048 bits"),
        ("token", status(503), "token", "Check its address"),
        ("token", status(400, "{}"), "token", "check the client id"),
        ("memberships", status(403), "roster", "administrator"),
        ("lineitems", status(404), "grades", "Open the tool in the course once"),
        ("lineitems", html(), "grades", "no JSON"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_tried(
    desk: Desk, endpoint: str, fault: Fault, check: str, advice: str
) -> None:
    desk.registered.campus.faults.on(endpoint, fault)

    result = doctor(desk.app)

    found = said(result)
    assert result.exit_code == 1
    assert "MEND: " in found[check]
    assert advice in found[check]
    assert list(found) == ["keys", "token", "roster", "grades"]


def test_a_right_that_is_missing_is_named(desk: Desk) -> None:
    campus, tool = desk.registered.campus, desk.registered.cast.tool
    kept = tuple(scope for scope in tool.scopes if not scope.endswith("/score"))
    campus.change_tool(replace(tool, scopes=kept))

    result = doctor(desk.app)

    assert "does not grant us the scope score" in said(result)["token"]
    rights = desk.session.scalars(sa.select(Registration.granted_scopes)).one()
    assert rights is not None
    assert not any(scope.endswith("/score") for scope in rights)


def test_before_the_first_launch_keys_and_token_are_tried(
    app: OpenAPI, served: str, registered: Registered
) -> None:
    found = said(doctor(app))

    assert found["token"] == "token   ok, good for contextmembership.readonly"  # noqa: S105 -- it is a report
    assert "open the tool in a course once" in found["roster"]


def test_a_course_without_a_service_says_so(desk: Desk) -> None:
    desk.session.execute(sa.update(Context).values(memberships_url=None))
    desk.session.commit()

    assert "the course offers none" in said(doctor(desk.app))["roster"]


def test_one_that_waits_is_named_and_one_that_is_off_is_not_asked(
    desk: Desk, session: Session
) -> None:
    row, campus = desk.registered.registration, desk.registered.campus
    states = {}
    for state in ("pending", "disabled"):
        session.execute(sa.update(Registration).values(state=state))
        session.commit()
        states[state] = doctor(desk.app)
    public_id = row.public_id

    assert f"flask platform approve {public_id}" in said(states["pending"])["state"]
    assert states["disabled"].stdout == "0 asked, nothing to mend.\n"
    named = said(doctor(desk.app, "--registration", public_id))
    assert named == {
        "state": "state   MEND: It is disabled; "
        f"`flask platform approve {public_id}` lets it in again."
    }
    assert list(said(states["pending"])) == ["state"]
    assert campus.traffic.requests("token") == ()
    assert campus.traffic.requests("jwks") == ()


def test_scores_that_could_not_be_sent_are_told(desk: Desk) -> None:
    state = SyncState(context_id=desk.context.id, source="scores", error="It said no.")
    desk.session.add(state)
    desk.session.commit()

    assert said(doctor(desk.app))["scores"] == "scores  MEND: It said no."


def test_a_signing_key_that_nobody_can_open_is_named(desk: Desk) -> None:
    doctor(desk.app)
    desk.app.extensions["key_ring"] = KeyRing([Fernet.generate_key().decode()])

    result = doctor(desk.app)

    assert "ENCRYPTION_KEYS" in said(result)["token"]
    assert result.exit_code == 1


def test_an_unknown_registration_is_named(app: OpenAPI) -> None:
    result = doctor(app, "--registration", "nobody")

    assert result.exit_code == 1
    assert "no registration nobody" in result.output
