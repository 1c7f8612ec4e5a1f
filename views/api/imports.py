"""What a teacher takes from an earlier course of theirs."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.saving import TooMany
from gamification.copying.importing import Import
from gamification.copying.proposals import Decision, decide
from gamification.copying.sources import find_source, sources_of
from jobs.clock import now
from models import Context
from models.db import db
from views.api import copying_schemas as schemas
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.taking import planned, take
from views.api.writing import guard, whole
from views.guards import giver, launch_session, requires
from views.pages import TEACHERS

bp = APIBlueprint("imports_api", __name__, url_prefix="/api/v1/courses")
guard(bp)


@bp.get(
    "/<course_id>/imports/sources",
    **operation(TEACHERS, schemas.SourceList, refusals=(404,)),
)
@requires(*TEACHERS)
@checked
def get_import_sources(path: CoursePath) -> Response:
    """List the caller's other courses: from these the rules may be taken."""
    the_course(path)
    found = sources_of(db.session(), launch_session().membership)
    items = [schemas.Source.model_validate(source) for source in found]
    return jsonify(schemas.SourceList(items=items).model_dump(mode="json"))


@bp.post(
    "/<course_id>/imports/preview",
    **operation(TEACHERS, schemas.CourseImported, refusals=(404, 409, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_import_preview(path: CoursePath, body: schemas.ImportAsked) -> Response:
    """Say what would come from an earlier course; nothing is written."""
    target = the_course(path)
    source = _source(body.course)
    try:
        answer = _told(planned(source, target, body.shift_days, giver()))
    except TooMany as refused:
        answer = problem(409, str(refused))
    db.session.rollback()
    return answer


@bp.post(
    "/<course_id>/imports",
    **operation(TEACHERS, schemas.CourseImported, refusals=(404, 409, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_import(
    path: CoursePath, header: IdempotencyKey, body: schemas.ImportAsked
) -> Response:
    """Take an earlier course's badges and settings; its people stay where they are.

    Only from a course that the caller teaches now, too. The course's switch stays as
    it is.
    """
    target = the_course(path)

    def taken() -> Response:
        source = _source(body.course)
        try:
            plan = planned(source, target, body.shift_days, giver())
        except TooMany as refused:
            return problem(409, str(refused))
        take(source, target, plan, giver())
        _decide(target, source, "accepted")
        return _told(plan)

    return once(header, taken)


@bp.post(
    "/<course_id>/imports/dismiss",
    **operation(TEACHERS, schemas.Dismissed, refusals=(404, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_import_dismissal(path: CoursePath, body: schemas.DismissAsked) -> Response:
    """Say no to the course that is proposed; it can be taken all the same later."""
    target = the_course(path)
    dismissed = _decide(target, _source(body.course), "dismissed")
    db.session.commit()
    answer = schemas.Dismissed(dismissed=dismissed)
    return jsonify(answer.model_dump(mode="json"))


def _decide(target: Context, source: Context, state: str) -> bool:
    """Close what is proposed, if it is; tell whether it was."""
    return decide(db.session(), target, source, Decision(state, giver().id), now())


def _source(course: str) -> Context:
    """Return a course that the caller teaches; any other is not there (404)."""
    found = find_source(db.session(), launch_session().membership, course)
    if found is None:
        abort(404)
    return found


def _told(plan: Import) -> Response:
    pairs = [
        schemas.Pair(there=there.key, here=here.key, label=here.label)
        for there, here in plan.mapping
    ]
    answer = schemas.CourseImported(
        changes=plan.changes,
        drafts=plan.drafts,
        mapping=pairs,
        dates=plan.dates,
        stays=plan.stays,
    )
    return jsonify(answer.model_dump(mode="json"))
