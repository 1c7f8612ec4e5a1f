"""Sections, departments, groups and teams: whose they are, and who is in them."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.metrics.people import people_of
from gamification.standings import groups, own_groups
from gamification.standings.groups import GroupTold, set_groups
from jobs.clock import now
from models import Context
from models.db import db
from models.locks import lock_course
from views.api import board_schemas as schemas
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import launch_session, requires
from views.pages import TEACHERS, is_staff

bp = APIBlueprint("group_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

MOST_NAMED = 5


@bp.get(
    "/<course_id>/groups", **operation(LEARNERS, schemas.GroupList, refusals=(404,))
)
@requires(*LEARNERS)
@checked
def get_groups(path: schemas.CoursePath, query: schemas.GroupsQuery) -> Response:
    """List the course's groups with how many are in each; learners read their own."""
    context, launch = the_course(path), launch_session()
    if is_staff(launch):
        rows = groups.groups_of(db.session(), context)
    else:
        rows = own_groups(db.session(), launch.membership)
    shown = [row for row in rows if query.kind in {None, row.kind}]
    answer = schemas.GroupList(items=[schemas.Group.model_validate(r) for r in shown])
    response = jsonify(answer.model_dump(mode="json"))
    if query.kind and is_staff(launch):
        response.set_etag(_tag(context, query.kind))
    return response


@bp.put(
    "/<course_id>/groups",
    **operation(TEACHERS, schemas.GroupList, refusals=(404, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def put_groups(
    path: schemas.CoursePath, header: IfMatch, body: schemas.GroupsTold
) -> Response:
    """Make the groups of a kind those that are told, all of them; what was stays kept."""
    session, context = db.session(), the_course(path)
    # Whoever waits for a merge tells of whom it kept.
    lock_course(session, context.id)
    stale = changed_since(_tag(context, body.kind), header)
    if stale is not None:
        return stale
    named = {name for group in body.groups for name in group.members}
    known = people_of(session, context, named)
    if unknown := sorted(named - known.keys()):
        return problem(422, f"groups.members: {_strangers(unknown)}")
    told = [
        GroupTold(
            one.key,
            one.name or one.key,
            frozenset(known[name].membership_id for name in one.members),
        )
        for one in body.groups
    ]
    set_groups(session, context, body.kind, told, now())
    session.commit()
    rows = [row for row in groups.groups_of(session, context) if row.kind == body.kind]
    answer = schemas.GroupList(items=[schemas.Group.model_validate(r) for r in rows])
    response = jsonify(answer.model_dump(mode="json"))
    response.set_etag(_tag(context, body.kind))
    return response


def _strangers(unknown: list[str]) -> str:
    some = ", ".join(unknown[:MOST_NAMED])
    more = len(unknown) - MOST_NAMED
    return f"nobody in this course is {some}{f' (and {more} more)' if more > 0 else ''}"


def _tag(context: Context, kind: str) -> str:
    return tag_of(kind, groups.version_of(db.session(), context, kind))
