import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Deployment, Registration, Tenant
from tests.factories import a_context, a_deployment, a_registration
from tests.support.clock import Clock

MOODLE = {
    "--tenant": "acme",
    "--issuer": "https://lms.example",
    "--client-id": "abc",
    "--auth-login-url": "https://lms.example/auth",
    "--token-url": "https://lms.example/token",
    "--jwks-url": "https://lms.example/certs",
}


def flask(app: OpenAPI, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["platform", *words])


def add(app: OpenAPI, *more: str, **changes: str) -> Result:
    options = {**MOODLE, **{f"--{k.replace('_', '-')}": v for k, v in changes.items()}}
    words = (word for option in options.items() for word in option)
    return flask(app, "add", *words, *more)


def test_adding_a_platform_prints_what_to_paste(app: OpenAPI, session: Session) -> None:
    result = add(app, audience="https://lms.example/aud")

    row = session.scalars(sa.select(Registration)).one()
    url = app.extensions["laurel"].public_url
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == f"registration: {row.public_id}"
    for address in ("launch", "jwks.json", f"login/{row.public_id}"):
        assert f"{url}/lti/{address}\n" in result.output
    assert (row.state, row.deployments, row.audience) == (
        "active",
        "any",
        "https://lms.example/aud",
    )
    assert session.get_one(Tenant, row.tenant_id).key == "acme"


def test_a_new_organisations_days_are_the_operators_or_those_it_names(
    app: OpenAPI, session: Session
) -> None:
    config = app.extensions["laurel"]
    app.extensions["laurel"] = replace(config, time_zone="Europe/Vienna")

    results = [
        add(app),
        add(app, tenant="unam", time_zone="America/Mexico_City"),
        add(app, time_zone="Europe/Vienna"),
    ]

    zones = session.execute(sa.select(Tenant.key, Tenant.time_zone))
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert sorted(map(tuple, zones)) == [
        ("acme", "Europe/Vienna"),
        ("unam", "America/Mexico_City"),
    ]


def test_a_zone_that_is_none_or_would_move_known_days_is_refused(
    app: OpenAPI, session: Session
) -> None:
    add(app)

    results = [add(app, time_zone=zone) for zone in ("Mars/Olympus", "Asia/Tokyo")]

    assert [result.exit_code for result in results] == [1, 1]
    assert [result.output.split(";")[0].strip() for result in results] == [
        "Error: Mars/Olympus is no time zone such as Europe/Berlin.",
        "Error: The organisation acme is known and its zone is UTC",
    ]
    assert session.scalars(sa.select(Tenant.time_zone)).all() == ["UTC"]


def test_named_deployments_are_the_only_ones(app: OpenAPI, session: Session) -> None:
    add(app, "--deployment-id", "1", "--deployment-id", "2:ab")

    row = session.scalars(sa.select(Registration)).one()
    places = session.execute(sa.select(Deployment.lti_id, Deployment.state)).all()
    assert row.deployments == "listed"
    assert sorted(map(tuple, places)) == [("1", "active"), ("2:ab", "active")]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("auth_login_url", "http://lms.example/auth"),
        ("token_url", "ftp://lms.example/token"),
        ("jwks_url", "https://user@lms.example/jwks"),
        ("jwks_url", "lms.example"),
        ("issuer", ""),
        ("frame_origin", "*"),
    ],
)
def test_an_address_we_would_never_call_is_refused(
    app: OpenAPI, session: Session, option: str, value: str
) -> None:
    result = add(app, **{option: value})

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert session.scalars(sa.select(Registration)).all() == []


def test_a_namesake_is_told_and_overwrites_nothing(
    app: OpenAPI, session: Session
) -> None:
    add(app)
    first = session.scalars(sa.select(Registration)).one()

    result = add(app, tenant="rival", jwks_url="https://rival.example/jwks")

    session.rollback()
    rows = session.scalars(sa.select(Registration).order_by(Registration.id)).all()
    assert "same issuer and client id" in result.output
    assert [row.jwks_url for row in rows] == [
        "https://lms.example/certs",
        "https://rival.example/jwks",
    ]
    assert (len(rows), rows[0].id) == (2, first.id)


def test_the_list_is_one_line_a_platform(app: OpenAPI, session: Session) -> None:
    add(app, "--frame-origin", "https://courses.example/some/page")
    row = session.scalars(sa.select(Registration)).one()

    (line,) = flask(app, "list").output.splitlines()

    known, framing = line.split(" frames=")
    assert known == (
        f"{row.public_id} acme active abc https://lms.example "
        "launched=never keys=never scopes=unknown"
    )
    assert framing == "https://courses.example,https://lms.example"


def test_the_list_tells_the_last_launch_the_keys_age_and_the_rights(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    ags = "https://purl.imsglobal.org/spec/lti-ags/scope/"
    row = a_registration(session)
    row.granted_scopes = [f"{ags}lineitem.readonly", f"{ags}score"]
    row.key_set_fetched_at = row.last_launch_at = clock()
    place = a_context(session, registration=row, last_launch_at=clock())
    lti_id = session.get_one(Deployment, place.deployment_id).lti_id
    session.commit()
    clock.advance(timedelta(days=3))

    (line,) = flask(app, "list").output.splitlines()
    (there,) = flask(app, "deployment", "list").output.splitlines()

    assert line.split(" frames=")[0].split(" ", 5)[5] == (
        "launched=2026-11-22 keys=3d scopes=ags/lineitem.readonly,ags/score"
    )
    assert there == f"{row.public_id} active {lti_id} launched=2026-11-22"


def test_disabling_and_approving(app: OpenAPI, session: Session) -> None:
    row = a_registration(session)
    session.commit()

    off = flask(app, "disable", row.public_id)
    states = [state_of(session, row)]
    on = flask(app, "approve", row.public_id, "--frame-origin", "https://b.example")
    states.append(state_of(session, row))

    assert (off.output, on.output) == (
        f"{row.public_id} is disabled\n",
        (
            "name           -\n"
            "issuer         https://lms.example\n"
            f"client id      {row.client_id}\n"
            "authorization  lms.example\n"
            "token          lms.example\n"
            "key set        lms.example\n"
            "audience       the token address\n"
            f"{row.public_id} is active\n"
        ),
    )
    assert states == ["disabled", "active"]
    assert row.frame_origins == ["https://b.example"]


def test_deployments_are_let_in_and_shut_out(app: OpenAPI, session: Session) -> None:
    row = a_registration(session, deployments="listed")
    a_deployment(session, registration=row, lti_id="5:x", state="pending")
    session.commit()

    flask(app, "deployment", "approve", row.public_id, "5:x")
    flask(app, "deployment", "approve", row.public_id, "6:y")
    flask(app, "deployment", "disable", row.public_id, "6:y")
    listed = flask(app, "deployment", "list", row.public_id).output

    assert listed.splitlines() == [
        f"{row.public_id} active 5:x launched=never",
        f"{row.public_id} disabled 6:y launched=never",
    ]
    assert flask(app, "deployment", "list").output == listed


def test_one_client_id_at_two_token_hosts_is_the_operators_to_accept(
    app: OpenAPI, session: Session
) -> None:
    """One key signs for both: the one could show the other what we sent it."""
    known = a_registration(session, client_id="7")
    row = a_registration(
        session, client_id="7", issuer="https://rival.example", state="pending"
    )
    row_id, known_id = row.public_id, known.public_id
    session.commit()

    refused = flask(app, "approve", row_id)
    state = state_of(session, row)
    accepted = flask(app, "approve", row_id, "--accept-same-client")

    assert (refused.exit_code, state) == (1, "pending")
    assert f"{known_id} (https://lms.example)" in refused.output
    assert (accepted.exit_code, state_of(session, row)) == (0, "active")


def test_one_client_id_at_one_token_host_is_approved(
    app: OpenAPI, session: Session
) -> None:
    a_registration(session, client_id="7")
    row = a_registration(session, client_id="7", state="pending")
    session.commit()

    assert flask(app, "approve", row.public_id).exit_code == 0
    assert state_of(session, row) == "active"


@pytest.mark.parametrize("command", ["approve", "disable"])
def test_an_unknown_registration_is_an_error(app: OpenAPI, command: str) -> None:
    result = flask(app, command, "no-such-id")

    assert result.exit_code == 1
    assert re.search(r"no registration no-such-id", result.output)


def state_of(session: Session, row: Registration) -> str:
    session.rollback()
    session.refresh(row)
    return row.state
