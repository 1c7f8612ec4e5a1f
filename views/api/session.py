"""The launch's own session: it lasts while somebody is there."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from jobs.clock import now
from lti.sessions import renew
from models.db import db
from views.api.operations import LEARNERS, operation
from views.api.schemas import SessionRenewed
from views.api.writing import guard, whole
from views.guards import launch_session

bp = APIBlueprint("session_api", __name__, url_prefix="/api")
guard(bp)


@bp.post("/session", **operation(LEARNERS, SessionRenewed, refusals=(415,)))
@whole
def post_session() -> Response:
    """Begin the idle hour anew; eight hours after the launch it is over anyway."""
    expires_at = renew(db.session(), launch_session(), now())
    db.session.commit()
    return jsonify(SessionRenewed(expires_at=expires_at).model_dump(mode="json"))
