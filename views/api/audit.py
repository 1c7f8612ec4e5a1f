"""The audit in the API: an organisation's decisions, for its keys alone."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.metrics.cursors import BadCursor
from jobs.api_keys import AUDIT_READ
from jobs.audit_log import Wanted, entries_of
from jobs.sealing import head_of
from models.db import db
from views.api import audit_schemas as schemas
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.writing import guard
from views.guards import api_key, requires

bp = APIBlueprint("audit_api", __name__, url_prefix="/api/v1")
guard(bp)


@bp.get("/audit", **operation((), schemas.EntryList, key=AUDIT_READ))
@requires(key=AUDIT_READ)
@checked
def get_audit(query: schemas.AuditQuery) -> Response:
    """List the organisation's decisions, the newest first."""
    wanted = Wanted(
        tenant_id=api_key().tenant_id,
        action=query.action,
        after=query.cursor,
        limit=query.limit,
    )
    try:
        found = entries_of(db.session(), wanted)
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [schemas.Entry.model_validate(row) for row in found.rows]
    answer = schemas.EntryList(items=items, next=found.next)
    return jsonify(answer.model_dump(mode="json"))


@bp.get("/audit/head", **operation((), schemas.Head, key=AUDIT_READ))
@requires(key=AUDIT_READ)
@checked
def get_head() -> Response:
    """Give the end of the chain, to be kept by another system."""
    head = schemas.Head.model_validate(head_of(db.session()))
    return jsonify(head.model_dump(mode="json"))
