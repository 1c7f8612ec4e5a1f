"""Experiments: decided by who teaches, read by staff, and one's own variants."""

from typing import Any

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from gamification.experiments import (
    ExperimentRefused,
    NotNow,
    Wish,
    experiments_of,
    variants_for,
)
from jobs import experiments
from jobs.api_keys import COURSES_READ
from jobs.clock import now
from models import STAFF, Context
from models.db import db
from views.api import experiment_schemas as schemas
from views.api.changes import lock
from views.api.courses import the_course
from views.api.etags import Matching, refused, tag_of
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, launch_alone, launch_session, requires
from views.pages import TEACHERS, switch_now

bp = APIBlueprint("experiment_api", __name__, url_prefix="/api/v1")
guard(bp)

THERE_IS_ONE = "There is an experiment of this key already: read it, then decide anew."
NOT_ON = "There is no such experiment here at the moment: show what is usual."
COUNTED = {"people"}
"""What changes by itself: no decision about an experiment is old for it."""
SAVES: dict[str, Any] = operation(
    TEACHERS, schemas.Experiment, refusals=(404, 409, 412, 415)
)
SAVES["responses"]["201"] = schemas.Experiment


@bp.get(
    "/courses/<course_id>/experiments",
    **operation(STAFF, schemas.ExperimentList, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_experiments(path: CoursePath) -> Response:
    """List the course's experiments, and how many people each variant has."""
    found = experiments_of(db.session(), the_course(path).id)
    items = [schemas.Experiment.model_validate(one) for one in found]
    return _told(schemas.ExperimentList(items=items))


@bp.get(
    "/courses/<course_id>/experiments/<key>",
    **operation(STAFF, schemas.Experiment, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_experiment(path: schemas.ExperimentPath) -> Response:
    """Give an experiment; its `ETag` goes with a change as `If-Match`."""
    found = _read(the_course(path), path.key)
    if found is None:
        abort(404)
    return _tagged(found)


@bp.put("/courses/<course_id>/experiments/<key>", **SAVES)
@requires(*TEACHERS)
@checked
@whole
def put_experiment(
    path: schemas.ExperimentPath, header: Matching, body: schemas.ExperimentChange
) -> Response:
    """Make an experiment (201) or change one (200), begin it or end it.

    Once somebody is assigned, its kind and its variants stay: weights may change, and
    others may come.
    """
    context = the_course(path)
    lock(context)
    known = _read(context, path.key)
    stale = refused(_tag(known) if known else None, header, THERE_IS_ONE)
    if stale is not None:
        return stale
    wish = Wish(path.key, body.kind, body.variants, body.state)
    try:
        experiments.save_experiment(db.session(), context, wish, giver(), now())
    except NotNow as late:
        return problem(409, str(late))
    except ExperimentRefused as wrong:
        return problem(422, str(wrong))
    saved = _read(context, path.key)
    if saved is None:
        raise LookupError(f"Experiment {path.key} of course {context.id} is not there.")
    db.session.commit()
    response = _tagged(saved)
    response.status_code = 201 if known is None else 200
    return response


@bp.get("/me/variants", **operation(LEARNERS, schemas.OwnVariants))
@requires(*LEARNERS)
def get_variants() -> Response:
    """List which form the caller sees of what the course compares at the moment.

    Nothing is written by it: `POST /me/exposures` says that it is shown.
    """
    launch = launch_session()
    if not switch_now(launch.context).on:
        return _told(schemas.OwnVariants(items=[]))
    found = variants_for(db.session(), launch.membership)
    items = [schemas.OwnVariant.model_validate(one) for one in found]
    return _told(schemas.OwnVariants(items=items))


@bp.post(
    "/me/exposures", **operation(LEARNERS, schemas.OwnVariant, refusals=(404, 415))
)
@requires(*LEARNERS)
@checked
@whole
def post_exposure(body: schemas.ExposureTold) -> Response:
    """Say that the caller is shown their variant today, and which one that is.

    The first time it becomes a learner's for good; a day is noted once. Of staff
    nothing is written.
    """
    # Until it is written nobody takes the variant out of the experiment.
    launch, session = launch_alone(), db.session()
    if not switch_now(launch.context).on:
        return problem(404, NOT_ON)
    shown = experiments.variant_shown(
        session, launch.membership, body.experiment, now()
    )
    if shown is None:
        return problem(404, NOT_ON)
    answer = schemas.OwnVariant.model_validate(shown)
    session.commit()
    return _told(answer)


def _read(context: Context, key: str) -> schemas.Experiment | None:
    for found in experiments_of(db.session(), context.id, key):
        return schemas.Experiment.model_validate(found)
    return None


def _told(answer: BaseModel) -> Response:
    return jsonify(answer.model_dump(mode="json"))


def _tagged(found: schemas.Experiment) -> Response:
    response = _told(found)
    response.set_etag(_tag(found))
    return response


def _tag(found: schemas.Experiment) -> str:
    return tag_of(found.model_dump(mode="json", exclude=COUNTED))
