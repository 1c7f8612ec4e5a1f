"""Sets of items: what there is for rules to name, and those made by hand."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.activity.item_sets import (
    INSTRUCTOR,
    SetTold,
    item_sets_of,
    set_item_sets,
)
from gamification.activity.items import item_ids
from gamification.awards.findings import course_of, listed
from jobs.clock import now
from jobs.following import ask_for_all
from models import STAFF, Context
from models.db import db
from models.locks import lock_course
from views.api import item_set_schemas as schemas
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import requires
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
    ids = item_ids(session, context.id, {key for one in body.sets for key in one.items})
    if unknown := _unknown(context, body, ids):
        return problem(422, unknown)
    told = [
        SetTold(one.key, one.kind, one.label, tuple(map(ids.__getitem__, one.items)))
        for one in body.sets
    ]
    walked = set_item_sets(session, context, INSTRUCTOR, told, now())
    if walked.refused:
        session.rollback()
        reasons = [f'"{one.key}": {one.reason}' for one in walked.refused]
        return problem(422, f"sets: {'; '.join(reasons)}")
    if walked.has_changed:
        ask_for_all(session, context.id, now())
    session.commit()
    return _told(_read(context))


def _unknown(
    context: Context, body: schemas.ItemSetsTold, ids: dict[str, int]
) -> str | None:
    """Name the first item that is not in the course, and what there is."""
    for number, one in enumerate(body.sets):
        for key in one.items:
            if key not in ids:
                there = listed(course_of(db.session(), context.id).items)
                return f'sets[{number}].items: there is no item "{key}"; {there}'
    return None


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
