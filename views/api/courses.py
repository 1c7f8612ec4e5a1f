"""What the API tells about a course, and what its instructors may change."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards import badges_for
from gamification.awards.offers import offered
from jobs.api_keys import COURSES_READ
from jobs.clock import now
from jobs.key_courses import course_for
from jobs.locking import Locked
from models import STAFF, ApiKey, Context
from models.db import db
from views.api import schemas, setting_schemas
from views.api.badges import badges_in
from views.api.changes import change, lock, settings_of
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import caller, giver, requires
from views.pages import TEACHERS, switch_now

bp = APIBlueprint("course_api", __name__, url_prefix="/api/v1/courses")
guard(bp)


def the_course(path: schemas.CoursePath) -> Context:
    """Return the caller's course; any other is as if it were not there (404).

    A launch has one; a key has those of its tenant.
    """
    who = caller()
    if isinstance(who, ApiKey):
        found = course_for(db.session(), who, path.course_id)
        if found is None:
            abort(404)
        return found
    context = who.context
    if path.course_id != context.public_id:
        abort(404)
    return context


@bp.get(
    "/<course_id>/badges",
    **operation(LEARNERS, schemas.BadgeList, refusals=(404,), key=COURSES_READ),
)
@requires(*LEARNERS, key=COURSES_READ)
@checked
def get_badges(path: schemas.CoursePath) -> Response:
    """List the course's badges, with the caller's progress; a key has made none."""
    context, who = the_course(path), caller()
    session, switch = db.session(), switch_now(context)
    if isinstance(who, ApiKey):
        roster = offered(session, context, now(), switch=switch)
    else:
        roster = badges_for(session, who.membership, now(), switch=switch)
    answer = schemas.BadgeList(items=badges_in(roster).badges)
    return jsonify(answer.model_dump(mode="json"))


@bp.get(
    "/<course_id>/settings",
    **operation(STAFF, setting_schemas.Settings, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_settings(path: schemas.CoursePath) -> Response:
    """Give what the course's instructors have decided; its `ETag` is for changes."""
    return _told(settings_of(the_course(path)))


@bp.put(
    "/<course_id>/settings",
    **operation(TEACHERS, setting_schemas.Settings, refusals=(404, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def put_settings(
    path: schemas.CoursePath, header: IfMatch, body: setting_schemas.SettingsChange
) -> Response:
    """Change the settings that are named; the answer has all of them."""
    context = the_course(path)
    lock(context)
    stale = changed_since(_tag(settings_of(context)), header)
    if stale is not None:
        return stale
    try:
        change(context, body, giver())
    except Locked as locked:
        return problem(403, str(locked))
    db.session.commit()
    return _told(settings_of(context))


def _told(settings: setting_schemas.Settings) -> Response:
    """Answer the settings, with their tag."""
    response = jsonify(settings.model_dump(mode="json"))
    response.set_etag(_tag(settings))
    return response


def _tag(settings: setting_schemas.Settings) -> str:
    return tag_of(settings.model_dump(mode="json"))
