"""Codes that give a badge: made and ended by teachers, said by learners."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.claims import (
    WITHIN,
    CodeRow,
    Terms,
    code_of,
    codes_of,
    may_try,
    note_wrong,
)
from gamification.awards.giving import NotGiven
from gamification.awards.history import award_of
from jobs import decisions
from jobs.clock import now
from models import STAFF
from models.db import db
from models.locks import lock_course
from views.api import award_schemas as schemas
from views.api.awards import refused, told
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, launch_alone, requires
from views.pages import TEACHERS

bp = APIBlueprint("code_api", __name__, url_prefix="/api/v1")
guard(bp)

LEARNER = ("learner",)
CLAIMS = operation(LEARNER, schemas.Award, status=201, refusals=(404, 409, 415, 429))
CLAIMS["responses"]["200"] = schemas.Award
NOTHING = "There is nothing for this code here."
TOO_OFTEN = "These were too many wrong codes: please try again in some minutes."
NO_BADGE = "badge: there is no such badge here to give"
PASSED = "expires_at: it lies in the past"


@bp.get(
    "/courses/<course_id>/codes", **operation(STAFF, schemas.CodeList, refusals=(404,))
)
@requires(*STAFF)
@checked
def get_codes(path: CoursePath) -> Response:
    """List the newest 200 codes of the course, without their words."""
    rows = codes_of(db.session(), the_course(path).id, now())
    answer = schemas.CodeList(items=[schemas.Code.model_validate(row) for row in rows])
    return jsonify(answer.model_dump(mode="json"))


@bp.get(
    "/courses/<course_id>/codes/<code_id>",
    **operation(STAFF, schemas.Code, refusals=(404,)),
)
@requires(*STAFF)
@checked
def get_code(path: schemas.CodePath) -> Response:
    """Give one code, without its word; its `ETag` goes with its end as `If-Match`."""
    row = code_of(db.session(), the_course(path).id, path.code_id, now())
    if row is None:
        abort(404)
    return _told(row)


@bp.post(
    "/courses/<course_id>/codes",
    **operation(TEACHERS, schemas.NewCode, status=201, refusals=(404, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_code(
    path: CoursePath, header: IdempotencyKey, body: schemas.CodeWanted
) -> Response:
    """Make a code for a badge; its word is in this answer and nowhere else."""
    session, moment, context = db.session(), now(), the_course(path)
    if body.expires_at <= moment:
        return problem(422, PASSED)

    def work() -> Response:
        terms = Terms(**body.model_dump())
        made = decisions.make_code(session, context, terms, giver(), moment)
        if made is None:
            return problem(422, NO_BADGE)
        row, word = made
        code = schemas.Code.model_validate(row).model_dump()
        response = jsonify(schemas.NewCode(**code, code=word).model_dump(mode="json"))
        response.status_code = 201
        response.set_etag(_tag(row))
        return response

    return once(header, work, untold=("code",))


@bp.delete(
    "/courses/<course_id>/codes/<code_id>",
    **operation(TEACHERS, schemas.Code, refusals=(404, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def delete_code(path: schemas.CodePath, header: IfMatch) -> Response:
    """Let a code give nothing any more; the awards it gave stay."""
    session, context, moment = db.session(), the_course(path), now()
    lock_course(session, context.id)
    known = code_of(session, context.id, path.code_id, moment)
    if known is None:
        abort(404)
    stale = changed_since(_tag(known), header)
    if stale is not None:
        return stale
    row = decisions.revoke_code(session, context, path.code_id, giver(), moment)
    if row is None:
        abort(404)
    session.commit()
    return _told(row)


def _told(row: CodeRow) -> Response:
    response = jsonify(schemas.Code.model_validate(row).model_dump(mode="json"))
    response.set_etag(_tag(row))
    return response


def _tag(row: CodeRow) -> str:
    return tag_of(row.id, row.used, row.state)


@bp.post("/me/claims", **CLAIMS)
@requires(*LEARNER)
@checked
@whole
def post_claim(header: IdempotencyKey, body: schemas.Claim) -> Response:
    """Get the badge of a code: one that is wrong, over or used up is not there."""
    return once(header, lambda: _claimed(body))


def _claimed(body: schemas.Claim) -> Response:
    session, moment, member = db.session(), now(), launch_alone().membership
    if not may_try(session, member, moment):
        response = problem(429, TOO_OFTEN)
        response.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
        return response
    outcome = decisions.claim(session, member, body.code, moment)
    if outcome is None:
        note_wrong(session, member, moment)
        session.commit()
        return problem(404, NOTHING)
    if isinstance(outcome, NotGiven):
        return refused(outcome)
    row = award_of(session, member.context_id, outcome.public_id, moment)
    if row is None:
        raise LookupError(f"Award {outcome.public_id} is not there.")
    response = told(row)
    response.status_code = 201 if outcome.is_new else 200
    return response
