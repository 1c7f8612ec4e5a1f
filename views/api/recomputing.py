"""A course's badges awarded anew, with a policy for the past, by who teaches."""

from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.remaking import Policy, Remade
from jobs import remaking
from jobs.clock import now
from jobs.remaking import Decided
from jobs.scoring import TooLarge
from models import Context
from models.db import db
from views.api import recompute_schemas as schemas
from views.api.changes import lock
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS, switch_now

bp = APIBlueprint("recompute_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

OFF = (
    "Nothing is awarded while a switch is off ({}): the course's is in its settings, "
    "the others are with whoever runs Laurel."
)
TOO_LARGE = (
    "This course has too many facts to be tried while you wait: whoever runs Laurel "
    "can try it with `flask gamification recompute --course … --dry-run`."
)
RECOMPUTES: dict[str, Any] = operation(
    TEACHERS, schemas.Recomputed, refusals=(404, 409, 415)
)
RECOMPUTES["responses"]["202"] = schemas.RecomputeAsked


@bp.post("/<course_id>/recompute", **RECOMPUTES)
@requires(*TEACHERS)
@checked
@whole
def post_recompute(
    path: CoursePath, header: IdempotencyKey, body: schemas.RecomputeWanted
) -> Response:
    """Award what is earned and missing (200), in a large course soon (202)."""
    context, policy = the_course(path), Policy(**body.past.model_dump())
    if body.dry_run:
        return _tried(context, policy)
    return once(header, lambda: _recomputed(context, policy))


def _tried(context: Context, policy: Policy) -> Response:
    off = _off(context)
    if off is not None:
        return off
    try:
        decided = remaking.preview_remaking(db.session(), context, policy, now())
    except TooLarge:
        return problem(409, TOO_LARGE)
    return _told(decided, "tried")


def _recomputed(context: Context, policy: Policy) -> Response:
    lock(context)
    off = _off(context)
    if off is not None:
        return off
    return _told(
        remaking.remake_course(db.session(), context, policy, giver(), now()), "done"
    )


def _off(context: Context) -> Response | None:
    off_by = switch_now(context).off_by
    return problem(409, OFF.format(", ".join(off_by))) if off_by else None


def _told(decided: Decided, state: str) -> Response:
    locked = list(decided.spared)
    if decided.remade is None:
        response = jsonify(schemas.RecomputeAsked(locked=locked).model_dump())
        response.status_code = 202
        return response
    return jsonify(_shape(decided.remade, state, locked).model_dump(mode="json"))


def _shape(remade: Remade, state: str, locked: list[str]) -> schemas.Recomputed:
    found = remade.found
    return schemas.Recomputed.model_validate(
        {
            "state": state,
            "contributors": found.contributors,
            "badges_awarded": found.badges_awarded,
            "badges_ended": sum(one.people for one in remade.losses),
            "gains": remade.gains,
            "losses": remade.losses,
            "locked": locked,
        }
    )
