"""News from the platform: how fresh they are, asking for them, believing them."""

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint

from jobs.api_keys import COURSES_READ
from jobs.believing import NotOffered, believe
from jobs.clock import now
from jobs.freshness import SourceFreshness, freshness, freshness_of_scores
from jobs.sync import request_sync
from models import STAFF, ApiKey, Context
from models.db import db
from views.api import schemas
from views.api import sync_schemas as shapes
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import caller, giver, requires
from views.pages import TEACHERS, switch_now

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


@bp.get(
    "/<course_id>/sync",
    **operation(STAFF, shapes.Freshness, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_sync(path: schemas.CoursePath) -> Response:
    """Say how fresh each source of the course is, what went wrong and what to do."""
    session, context = db.session(), the_course(path)
    if not switch_now(context).on:
        return _told(shapes.Freshness(enabled=False, waiting=False, items=[]))
    known, scores = freshness(session, context), freshness_of_scores(session, context)
    found = [*known.sources, *([scores] if scores else [])]
    items = list(map(_shape, found))
    return _told(shapes.Freshness(enabled=True, waiting=known.is_waiting, items=items))


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


def _shape(source: SourceFreshness) -> shapes.SourceFreshness:
    """Return a source; where rows were dropped names people's ids, so no key reads it."""
    counts = source.counts
    is_key = isinstance(caller(), ApiKey)
    return shapes.SourceFreshness(
        source=source.source,
        state=source.state,
        succeeded_at=source.succeeded_at,
        attempted_at=source.attempted_at,
        next_attempt_at=source.next_attempt_at,
        counts={name: n for name, n in counts.items() if isinstance(n, int)},
        dropped=counts.get("dropped", {}),
        rows=[] if is_key else counts.get("rows", []),
        problem=source.error,
    )


def _told(answer: shapes.Freshness) -> Response:
    return jsonify(answer.model_dump(mode="json"))
