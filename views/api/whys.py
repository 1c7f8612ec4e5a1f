"""Why somebody has a badge, or not yet."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.explaining import explain, member_of
from jobs.api_keys import PEOPLE_READ
from jobs.clock import now
from models import ApiKey, Context, Membership
from models.db import db
from views.api import why_schemas as schemas
from views.api.awards import shape_of
from views.api.badges import badge_in
from views.api.courses import the_course
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.rule_schemas import BadgePath
from views.api.writing import guard
from views.guards import caller, reads_all, requires
from views.pages import switch_now
from views.whys import why

bp = APIBlueprint("why_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

WHOSE = "user: a key is nobody: name a person of the course"


@bp.get(
    "/<course_id>/badges/<key>/standing",
    **operation(LEARNERS, schemas.StandingWithBadge, refusals=(404,), key=PEOPLE_READ),
)
@requires(*LEARNERS, key=PEOPLE_READ)
@checked
def get_badge_standing(path: BadgePath, query: schemas.WhoseQuery) -> Response:
    """Say why somebody has a badge or what is missing: learners ask of themselves."""
    context = the_course(path)
    if query.user is None and isinstance(caller(), ApiKey):
        return problem(422, WHOSE)
    member = _whose(context, query.user)
    found = explain(db.session(), member, path.key, now(), switch=switch_now(context))
    if found is None:
        abort(404)
    answer = schemas.StandingWithBadge(
        user_id=member.user.public_id,
        badge=badge_in(found.standing),
        why=why(found, context.zone),
        award=shape_of(found.award) if found.award else None,
    )
    return jsonify(answer.model_dump(mode="json"))


def _whose(context: Context, user: str | None) -> Membership:
    who = caller()
    own = None if isinstance(who, ApiKey) else who.membership
    if own is not None and user in {None, own.user.public_id}:
        return own
    if not reads_all():
        abort(403)
    found = member_of(db.session(), context.id, user or "")
    if found is None:
        abort(404)
    return found
