"""One's made-up name: another one for whoever wants it, some times a day."""

from random import SystemRandom

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.standings import refresh_alias, refreshes_left
from jobs.clock import now
from models.db import db
from views.api import alias_schemas as schemas
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import launch_alone, requires

bp = APIBlueprint("alias_api", __name__, url_prefix="/api/v1/me")
guard(bp)

LEARNER = ("learner",)
NOT_NOW = "There is no other name to be had now: please try again tomorrow."


@bp.post("/alias", **operation(LEARNER, schemas.Alias, refusals=(409, 415)))
@requires(*LEARNER)
@checked
@whole
def post_alias(header: IdempotencyKey, body: schemas.AliasWanted) -> Response:  # noqa: ARG001 -- what it does not know it refuses
    """Take another made-up name for the one the others read; the old one is nobody's."""

    def work() -> Response:
        session, moment = db.session(), now()
        member = launch_alone().membership
        if not refresh_alias(session, member, moment, SystemRandom()):
            return problem(409, NOT_NOW)
        left = refreshes_left(session, member, moment)
        answer = schemas.Alias(name=member.alias, left_today=left)
        return jsonify(answer.model_dump(mode="json"))

    return once(header, work)
