"""What a rule would come to, before anybody uses it."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.preview import Proposal, preview
from jobs.clock import now
from models.db import db
from views.api import preview_schemas as schemas
from views.api.courses import the_course
from views.api.criteria import RuleRefused, past_in, rule_in
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard
from views.guards import requires
from views.pages import TEACHERS

bp = APIBlueprint("preview_api", __name__, url_prefix="/api/v1/courses")
guard(bp)


@bp.post(
    "/<course_id>/badges/preview",
    **operation(TEACHERS, schemas.Previewed, refusals=(404, 415)),
)
@requires(*TEACHERS)
@checked
def post_preview(path: CoursePath, body: schemas.PreviewAsked) -> Response:
    """Say who would gain and who lose a badge by a rule; nothing is written."""
    context = the_course(path)
    try:
        criterion = rule_in(body)
    except RuleRefused as refused:
        return problem(422, str(refused))
    # Nothing is written: others may write meanwhile.
    db.session.commit()
    proposal = Proposal(criterion, body.key, body.policy, past_in(body.past))
    found = preview(db.session(), context, proposal, now())
    if found.faults:
        return problem(422, "; ".join(map(str, found.faults)))
    answer = schemas.Previewed(
        criterion=found.sentence,
        gains=schemas.PreviewedSide.model_validate(found.gains),
        losses=schemas.PreviewedSide.model_validate(found.losses),
        findings=found.findings,
    )
    return jsonify(answer.model_dump(mode="json"))
