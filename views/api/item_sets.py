"""Sets of items: what there is for rules to name, and those made by hand."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.activity.item_sets import item_sets_of
from models import STAFF, Context
from models.db import db
from models.locks import lock_course
from views.api import item_set_schemas as schemas
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.making_sets import SetsRefused, make_sets
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

bp = APIBlueprint("item_set_api", __name__, url_prefix="/api/v1/courses")
guard(bp)


@bp.get(
    "/<course_id>/item-sets", **operation(STAFF, schemas.ItemSetList, refusals=(404,))
)
@requires(*STAFF)
@checked
def get_item_sets(path: CoursePath) -> Response:
    """List the course's modules and sections; the `ETag` is for changes."""
    return _told(_read(the_course(path)))


@bp.put(
    "/<course_id>/item-sets",
    **operation(TEACHERS, schemas.ItemSetList, refusals=(404, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def put_item_sets(
    path: CoursePath, header: IfMatch, body: schemas.ItemSetsTold
) -> Response:
    """Let these be all sets that are made by hand; those that a platform tells stay.

    An item that is gone from the platform stays in its set: no list shows it, and it
    counts again should it come back.
    """
    session, context = db.session(), the_course(path)
    lock_course(session, context.id)
    stale = changed_since(_tag(_read(context)), header)
    if stale is not None:
        return stale
    try:
        make_sets(context, body, giver())
    except SetsRefused as refused:
        session.rollback()
        return problem(422, str(refused))
    session.commit()
    return _told(_read(context))


def _read(context: Context) -> schemas.ItemSetList:
    rows = item_sets_of(db.session(), context.id)
    return schemas.ItemSetList(
        items=[schemas.ItemSet.model_validate(row) for row in rows]
    )


def _tag(found: schemas.ItemSetList) -> str:
    return tag_of(found.model_dump(mode="json"))


def _told(found: schemas.ItemSetList) -> Response:
    response = jsonify(found.model_dump(mode="json"))
    response.set_etag(_tag(found))
    return response
