"""Whether we run, and whether we can work: for a load balancer, not for people."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from models.db import db

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live() -> Response:
    """Answer 200 as long as the process answers at all."""
    return jsonify(status="ok")


@bp.get("/ready")
def ready() -> ResponseReturnValue:
    """Answer 200 when the database answers and has our tables, else 503."""
    try:
        db.session.connection().exec_driver_sql("SELECT 1 FROM tenant LIMIT 1")
    except Exception:  # noqa: BLE001 -- every driver fails in its own words
        db.session.rollback()
        return jsonify(status="no database"), 503
    return jsonify(status="ok")
