"""A course's badges as documents: read by its staff, brought by who teaches."""

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint

from gamification.copying.documents import documents_of
from jobs import drafts
from jobs.api_keys import COURSES_READ
from jobs.clock import now
from models import STAFF
from models.db import db
from views.api import document_schemas as schemas
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

LARGEST = 4 * 1024 * 1024
"""Two hundred badges with long rules."""

bp = APIBlueprint("document_api", __name__, url_prefix="/api/v1/courses")


@bp.before_request
def take_more() -> None:
    """Let documents be larger than what other requests send."""
    request.max_content_length = LARGEST


guard(bp)


@bp.get(
    "/<course_id>/badge-documents",
    **operation(STAFF, schemas.DocumentList, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_badge_documents(path: CoursePath) -> Response:
    """List the course's badges as documents, as `flask catalog export` prints them."""
    found = documents_of(db.session(), the_course(path))
    return jsonify(schemas.DocumentList(items=found).model_dump(mode="json"))


@bp.post(
    "/<course_id>/badge-documents",
    **operation(TEACHERS, schemas.DocumentsTaken, refusals=(404, 413, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_badge_documents(
    path: CoursePath, header: IdempotencyKey, body: schemas.DocumentsBrought
) -> Response:
    """Keep badges as drafts, which nobody earns, and propose their rules.

    What was read may be sent back, to this course or to another one. Each is looked at
    by itself: one that is refused stops no other.
    """
    context = the_course(path)

    def work() -> Response:
        session = db.session()
        outcomes = drafts.import_badges(session, context, body.items, giver(), now())
        items = [schemas.DocumentTaken.model_validate(one) for one in outcomes]
        return jsonify(schemas.DocumentsTaken(items=items).model_dump(mode="json"))

    return once(header, work)
