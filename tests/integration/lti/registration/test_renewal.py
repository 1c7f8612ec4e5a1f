"""`flask platform renew`: a platform hears what has changed of us."""

from dataclasses import replace

import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus import registering
from campus.state import Campus
from models import Registration
from tests.support.registering import an_invitation, paste


def renew(app: OpenAPI, session: Session, *, approved: bool = True) -> Result:
    session.rollback()
    public_id = session.scalars(sa.select(Registration.public_id)).one()
    session.rollback()
    run = app.test_cli_runner().invoke
    if approved:
        run(args=["platform", "approve", public_id])
    return run(args=["platform", "renew", public_id])


def test_canvas_hears_what_has_changed(
    app: OpenAPI, served: str, canvas_campus: Campus, session: Session
) -> None:
    paste(app, canvas_campus, an_invitation(app))
    (tool,) = canvas_campus.tools
    registering.switch_on(canvas_campus, tool)
    old = replace(canvas_campus.tool(tool.number), name="Old", custom={})
    canvas_campus.change_tool(old)

    result = renew(app, session)

    renewed = canvas_campus.tool(tool.number)
    assert result.exit_code == 0
    assert (renewed.name, renewed.custom) == (tool.name, tool.custom)
    assert (renewed.client_id, renewed.active) == (tool.client_id, True)
    assert renewed.login_url == tool.login_url


def test_a_key_that_is_off_may_change_nothing(
    app: OpenAPI, served: str, canvas_campus: Campus, session: Session
) -> None:
    paste(app, canvas_campus, an_invitation(app))

    result = renew(app, session)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_moodle_has_no_place_to_change_us(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    paste(app, campus, an_invitation(app))

    result = renew(app, session)

    assert result.exit_code == 1
    assert "no place" in result.output


def test_nothing_is_told_before_approval(
    app: OpenAPI, canvas_campus: Campus, session: Session
) -> None:
    paste(app, canvas_campus, an_invitation(app))

    result = renew(app, session, approved=False)

    assert "is not approved" in result.output
    assert canvas_campus.traffic.count("token") == 0
