"""A platform that was invited, and what we kept of it."""

import json

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from campus.faults import Honest
from campus.state import Campus
from models import Registration


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
