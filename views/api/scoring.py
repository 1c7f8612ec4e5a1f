"""What facts are worth in a course: read by its staff, decided by who teaches."""

from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.activity.weighing import WeightRefused
from gamification.metrics.weights import Worth, newest
from jobs import scoring
from jobs.api_keys import COURSES_READ
from jobs.clock import now
from jobs.locking import Locked
from models import STAFF, Context
from models.db import db
from views.api import scoring_schemas as schemas
from views.api.changes import lock
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

bp = APIBlueprint("scoring_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

TOO_LARGE = (
    "This course has too many facts to be scored anew while you wait: whoever runs "
    "Laurel can try it with `flask scoring preview`."
)


@bp.get(
    "/<course_id>/scoring",
    **operation(STAFF, schemas.Scoring, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_scoring(path: CoursePath) -> Response:
    """Give what facts are worth in the course; its `ETag` is for changes."""
    return _told(_read(the_course(path)))


@bp.put(
    "/<course_id>/scoring",
    **operation(TEACHERS, schemas.Scoring, refusals=(404, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def put_scoring(
    path: CoursePath, header: IfMatch, body: schemas.ScoringChange
) -> Response:
    """Let facts be worth something else; all points are counted anew, in a moment."""
    context = the_course(path)
    lock(context)
    stale = changed_since(_tag(_read(context)), header)
    if stale is not None:
        return stale
    try:
        scoring.save_scoring(db.session(), context, _worths(body), giver(), now())
    except WeightRefused as refused:
        return problem(422, str(refused))
    except Locked as locked:
        return problem(403, str(locked))
    db.session.commit()
    return _told(_read(context))


@bp.post(
    "/<course_id>/scoring/preview",
    **operation(TEACHERS, schemas.ScoringEffect, refusals=(404, 409, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_scoring_preview(path: CoursePath, body: schemas.ScoringChange) -> Response:
    """Say whose points and badges other weights would change; nothing is written."""
    session, worths = db.session(), _worths(body)
    try:
        effect = scoring.preview_scoring(session, the_course(path), worths, now())
    except WeightRefused as refused:
        return problem(422, str(refused))
    except scoring.TooLarge:
        return problem(409, TOO_LARGE)
    said = {**asdict(effect), "most": schemas.points_said(effect.most)}
    answer = schemas.ScoringEffect.model_validate(said)
    return jsonify(answer.model_dump(mode="json"))


def _worths(body: schemas.ScoringChange) -> list[Worth]:
    return [
        Worth(
            kind=one.kind,
            points=one.weight,
            daily_cap=one.daily_cap,
            item=one.item,
            effective_from=one.effective_from,
        )
        for one in body.weights
    ]


def _read(context: Context) -> schemas.Scoring:
    session = db.session()
    version, worths = newest(session, context.id)
    return schemas.Scoring(
        version=version,
        weights=[_shape(worth) for worth in worths],
        locked=scoring.is_scoring_locked(context),
        recounting=scoring.is_recounted(session, context),
    )


def _shape(worth: Worth) -> schemas.Weight:
    cap = worth.daily_cap
    return schemas.Weight(
        kind=worth.kind,  # type: ignore[arg-type] # no other kind has a weight
        item=worth.item,
        weight=schemas.points_said(worth.points),
        daily_cap=None if cap is None else schemas.points_said(cap),
        effective_from=worth.effective_from,
    )


def _told(found: schemas.Scoring) -> Response:
    response = jsonify(found.model_dump(mode="json"))
    response.set_etag(_tag(found))
    return response


def _tag(found: schemas.Scoring) -> str:
    return tag_of(found.model_dump(mode="json", include={"version", "weights"}))
