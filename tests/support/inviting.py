"""A platform that was invited, and what we kept of it."""

import json

import sqlalchemy as sa
from click.testing import Result
from flask import Response
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import Honest
from campus.state import Campus
from models import Invitation, Registration


def rows(session: Session) -> list[Registration]:
    session.rollback()
    return list(session.scalars(sa.select(Registration).order_by(Registration.id)))


def configured(campus: Campus, **changes: object) -> None:
    """Let the campus describe itself falsely."""

    def fault(honest: Honest) -> Response:
        answer = honest()
        body = {**json.loads(answer.get_data()), **changes}
        answer.set_data(json.dumps({k: v for k, v in body.items() if v is not None}))
        return answer

    campus.faults.on("configuration", fault)


def the_row(session: Session) -> Registration:
    """Return the one registration, as the database has it now."""
    session.rollback()
    return session.scalars(sa.select(Registration)).one()


def is_open(session: Session) -> bool:
    """Tell whether the last invitation is still good."""
    session.rollback()
    last = sa.select(Invitation).order_by(Invitation.id.desc()).limit(1)
    return session.scalars(last).one().used_at is None


def answer_with(campus: Campus, client_id: str, **more: str | None) -> None:
    """Let the campus know us by this client id, whatever it made up."""

    def fault(_honest: object) -> Response:
        return Response(json.dumps({"client_id": client_id, **more}))

    campus.faults.on("register", fault)


def approve(app: OpenAPI, public_id: str, *accepted: str) -> Result:
    """Approve as the operator does."""
    command = ["platform", "approve", public_id, *accepted]
    return app.test_cli_runner().invoke(args=command)
