"""What was done in a course: its items, its log, and what others report."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.activity.items import items_of
from gamification.activity.log import Wanted, log_of
from gamification.metrics.cursors import BadCursor
from jobs.api_keys import COURSES_READ, EVENTS_WRITE, PEOPLE_READ
from jobs.clock import now
from jobs.intake import BadEvent, Taken, take_in
from models import STAFF
from models.db import db
from views.api import event_schemas as schemas
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.reporting import read
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import requires
from views.pages import TEACHERS

bp = APIBlueprint("event_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

NOT_EVENTS = f"body: send an event, or a list of 1 to {schemas.AT_ONCE} of them"


@bp.get(
    "/<course_id>/items",
    **operation(STAFF, schemas.ItemList, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_items(path: CoursePath, query: schemas.ItemsQuery) -> Response:
    """List what can be done in the course; rules and events name the `key`."""
    context = the_course(path)
    try:
        found = items_of(
            db.session(), context.id, after=query.cursor, limit=query.limit
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [schemas.Item.model_validate(row) for row in found.rows]
    answer = schemas.ItemList(items=items, next=found.next)
    return jsonify(answer.model_dump(mode="json"))


@bp.get(
    "/<course_id>/events",
    **operation(STAFF, schemas.EventList, refusals=(404,), key=PEOPLE_READ),
)
@requires(*STAFF, key=PEOPLE_READ)
@checked
def get_events(path: CoursePath, query: schemas.EventsQuery) -> Response:
    """List the log, what was recorded last first, with what was corrected since."""
    context = the_course(path)
    wanted = Wanted(
        user=query.user,
        kind=query.kind,
        item=query.item,
        after=query.cursor,
        limit=query.limit,
    )
    try:
        found = log_of(db.session(), context.id, wanted)
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    events = [schemas.Event.model_validate(row) for row in found.rows]
    answer = schemas.EventList(items=events, next=found.next)
    return jsonify(answer.model_dump(mode="json"))


@bp.post(
    "/<course_id>/events",
    **operation(TEACHERS, schemas.Taken, refusals=(404, 413, 415), key=EVENTS_WRITE),
)
@requires(*TEACHERS, key=EVENTS_WRITE)
@checked
@whole
def post_events(
    path: CoursePath, header: IdempotencyKey, body: schemas.EventsWanted
) -> Response:
    """Report what learners did: one event or up to 1,000, each for itself.

    Of a list those that are wrong are named in `rows` and the others done; a single
    one that is wrong is a 422.
    """
    context, rows = the_course(path), body.rows
    if rows is None:
        return problem(422, NOT_EVENTS)

    def work() -> Response:
        events, bad = read(enumerate(rows))
        taken = take_in(db.session(), context, events, now())
        bad = sorted([*bad, *taken.refused], key=lambda one: one.index)
        if bad and body.is_one:
            return problem(422, bad[0].reason)
        return jsonify(_report(taken, bad).model_dump(mode="json"))

    return once(header, work, within=context.id)


def _report(taken: Taken, bad: list[BadEvent]) -> schemas.Taken:
    return schemas.Taken(
        new=taken.new,
        corrected=taken.corrected,
        unchanged=taken.unchanged,
        refused=len(bad),
        awarded=taken.awarded,
        items=taken.items,
        rows=[schemas.BadEvent.model_validate(one) for one in bad],
    )
