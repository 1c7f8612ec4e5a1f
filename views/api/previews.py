"""What a rule would come to, before anybody uses it."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.preview import Proposal, preview
from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule, Fault
from jobs.clock import now
from models.db import db
from views.api import preview_schemas as schemas
from views.api.courses import the_course
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard
from views.guards import requires
from views.pages import TEACHERS

bp = APIBlueprint("preview_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

ONE_RULE = "criterion: give a criterion, or a metric and a threshold"


@bp.post(
    "/<course_id>/badges/preview",
    **operation(TEACHERS, schemas.Previewed, refusals=(404, 415)),
)
@requires(*TEACHERS)
@checked
def post_preview(path: CoursePath, body: schemas.PreviewAsked) -> Response:
    """Say who would gain and who lose a badge by a rule; nothing is written."""
    context = the_course(path)
    if (body.criterion is None) == (body.metric is None or body.threshold is None):
        return problem(422, ONE_RULE)
    try:
        criterion = Criterion.from_json(_rule(body))
    except BadRule as bad:
        return problem(422, "; ".join(map(_said, bad.faults)))
    # Nothing is written: others may write meanwhile.
    db.session.commit()
    proposal = Proposal(criterion, body.key, body.policy)
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


def _rule(body: schemas.PreviewAsked) -> dict[str, object]:
    if body.criterion is not None:
        return body.criterion
    return {"metric": body.metric, "threshold": body.threshold}


def _said(fault: Fault) -> str:
    """Name a fault by its place in the request."""
    dot = "." if fault.path and not fault.path.startswith("[") else ""
    return str(Fault(f"criterion{dot}{fault.path}", fault.message))
