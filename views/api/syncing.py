"""Asking for news from the platform, and what of them is to be believed."""

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint

from jobs.believing import NotOffered, believe
from jobs.clock import now
from jobs.sync import request_sync
from models import Context
from models.db import db
from views.api import schemas
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

bp = APIBlueprint("sync_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

NOTHING_TO_FETCH = (
    "There is nothing to fetch: the course is off, or its platform offers neither a "
    "roster nor results to this tool."
)
NOT_OFFERED = (
    "There is nothing to believe: the platform offers this tool no {} of the course."
)
NO_JSON = "body: it is no JSON object; send one, or nothing"


@bp.post(
    "/<course_id>/sync",
    **operation(TEACHERS, schemas.SyncAsked, status=202, refusals=(404, 409, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_sync(
    path: schemas.CoursePath, header: IdempotencyKey, body: schemas.SyncWanted
) -> Response:
    """Ask for news from the platform now; the answer does not wait for them."""
    if request.data and request.get_json(silent=True) is None:
        return problem(422, NO_JSON)
    context = the_course(path)
    return once(header, lambda: _asked(context, body))


def _asked(context: Context, body: schemas.SyncWanted) -> Response:
    session, moment = db.session(), now()
    try:
        if body.accept:
            believe(session, context, body.accept, giver(), moment)
    except NotOffered as missing:
        return problem(409, NOT_OFFERED.format(missing))
    if not request_sync(session, context, moment, now_please=True):
        session.rollback()
        return problem(409, NOTHING_TO_FETCH)
    response = jsonify(schemas.SyncAsked().model_dump(mode="json"))
    response.status_code = 202
    return response
