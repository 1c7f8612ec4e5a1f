"""A course's badges as they are written: read by its staff, decided by who teaches."""

from typing import Any

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.described import badges_listed, describe
from gamification.awards.saving import BadgeRefused, Doubted, TooMany
from gamification.catalog.locks import BADGES, is_locked
from gamification.catalog.own import Wish
from jobs import badges
from jobs.api_keys import COURSES_READ
from jobs.clock import now
from jobs.locking import Locked, locks_of
from models import STAFF, Context
from models.db import db
from views.api import rule_schemas as schemas
from views.api.changes import lock
from views.api.courses import the_course
from views.api.criteria import RuleRefused, past_in, rule_or_none
from views.api.etags import IfMatch, Matching, changed_since, refused, tag_of
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

bp = APIBlueprint("rule_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

THERE_IS_ONE = "There is a badge of this key already: read it, then decide anew."
ANYWAY = (
    'Change the rule, save it as a draft, or say "anyway": true if what is missing '
    "will come."
)
SAVES: dict[str, Any] = operation(
    TEACHERS, schemas.BadgeWritten, refusals=(404, 409, 412, 415)
)
SAVES["responses"]["201"] = schemas.BadgeWritten


@bp.get(
    "/<course_id>/written-badges",
    **operation(STAFF, schemas.BadgesListed, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_written_badges(path: CoursePath) -> Response:
    """List all of the course's badges: drafts, held and retired ones, too."""
    found = badges_listed(db.session(), the_course(path).id)
    items = [schemas.BadgeListed.model_validate(one) for one in found]
    return jsonify(schemas.BadgesListed(items=items).model_dump(mode="json"))


@bp.get(
    "/<course_id>/badges/<key>",
    **operation(STAFF, schemas.BadgeWritten, refusals=(404,), key=COURSES_READ),
)
@requires(*STAFF, key=COURSES_READ)
@checked
def get_badge(path: schemas.BadgePath) -> Response:
    """Give a badge as it is written; its `ETag` goes with a change as `If-Match`."""
    found = _read(the_course(path), path.key)
    if found is None:
        abort(404)
    return _told(found)


@bp.put("/<course_id>/badges/<key>", **SAVES)
@requires(*TEACHERS)
@checked
@whole
def put_badge(
    path: schemas.BadgePath, header: Matching, body: schemas.BadgeChange
) -> Response:
    """Make a badge (201) or change one (200); the same content again changes nothing."""
    context = the_course(path)
    lock(context)
    known = _read(context, path.key)
    stale = refused(_tag(known) if known else None, header, THERE_IS_ONE)
    if stale is not None:
        return stale
    try:
        badges.save_badge(db.session(), context, _wish(path, body), giver(), now())
    except Locked as locked:
        return problem(403, str(locked))
    except RuleRefused as wrong:
        return problem(422, str(wrong))
    except Doubted as wrong:
        return problem(422, f"{wrong} {ANYWAY}")
    except BadgeRefused as wrong:
        return problem(409 if isinstance(wrong, TooMany) else 422, str(wrong))
    response = _saved(context, path.key)
    response.status_code = 201 if known is None else 200
    return response


@bp.post(
    "/<course_id>/badges/<key>/reset",
    **operation(TEACHERS, schemas.BadgeWritten, refusals=(404, 409, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def post_reset(path: schemas.BadgePath, header: IfMatch) -> Response:
    """Let a badge be again as the organisation's catalog has it."""
    context = the_course(path)
    lock(context)
    known = _read(context, path.key)
    if known is None:
        abort(404)
    stale = changed_since(_tag(known), header)
    if stale is not None:
        return stale
    try:
        badges.reset_badge(db.session(), context, path.key, giver(), now())
    except BadgeRefused as refused:
        return problem(409, str(refused))
    return _saved(context, path.key)


def _wish(path: schemas.BadgePath, body: schemas.BadgeChange) -> Wish:
    return badges.wish_from(path.key, body, rule_or_none(body), past_in(body.past))


def _saved(context: Context, key: str) -> Response:
    """Commit, and answer the badge as it is now."""
    found = _read(context, key)
    if found is None:
        raise LookupError(f"Badge {key} of course {context.id} was saved and is gone.")
    db.session.commit()
    return _told(found)


def _read(context: Context, key: str) -> schemas.BadgeWritten | None:
    found = describe(db.session(), context, key, now())
    if found is None:
        return None
    locked = is_locked(locks_of(context), f"{BADGES}.{key}")
    return schemas.BadgeWritten.model_validate({**vars(found), "locked": locked})


def _told(found: schemas.BadgeWritten) -> Response:
    response = jsonify(found.model_dump(mode="json"))
    response.set_etag(_tag(found))
    return response


def _tag(found: schemas.BadgeWritten) -> str:
    # What a rule comes to in the course may change by itself.
    return tag_of(found.model_dump(mode="json", exclude={"findings", "locked"}))
