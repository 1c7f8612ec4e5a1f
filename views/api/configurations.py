"""A course's settings and badges as one TOML text: to read, compare, share, put back."""

from flask import Response, jsonify, make_response, request
from flask_openapi3.blueprint import APIBlueprint

from gamification.copying.outline import outline_of
from gamification.copying.reading import LARGEST, BadFile
from gamification.copying.writing import to_toml
from jobs.locking import Locked
from models import STAFF, Context
from models.db import db
from models.locks import begin_write
from views.api.changes import lock
from views.api.configuration_schemas import EXAMPLE, TOML, Configured, Text
from views.api.configuring import Parsed, Plan, carry_out, parse, plan
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

bp = APIBlueprint("configuration_api", __name__, url_prefix="/api/v1/courses")
DOWNLOAD = operation(STAFF, Configured, refusals=(404,))
DOWNLOAD["responses"]["200"] = {
    "description": "OK",
    "content": {TOML: {"schema": {"type": "string"}, "example": EXAMPLE}},
}


@bp.before_request
def take_more() -> None:
    """Let a text be as long as a configuration may be."""
    request.max_content_length = LARGEST


guard(bp, speaks=TOML)


@bp.get("/<course_id>/configuration", **DOWNLOAD)
@requires(*STAFF)
@checked
def get_configuration(path: CoursePath) -> Response:
    """Download the course's settings and badges as TOML; its `ETag` is for changes."""
    text = _text(the_course(path))
    response = make_response(text)
    response.content_type = f"{TOML}; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="laurel.toml"'
    response.set_etag(tag_of(text))
    return response


@bp.put(
    "/<course_id>/configuration",
    **operation(TEACHERS, Configured, refusals=(404, 412, 413, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def put_configuration(path: CoursePath, header: IfMatch, raw: Text) -> Response:
    """Make the course what the text says, all of it or nothing of it.

    A part that the text leaves out stays; a badge that its list of badges leaves out
    is retired, and its awards stay.
    """
    context = the_course(path)
    try:
        parsed = _parsed(raw)
    except BadFile as bad:
        return problem(422, str(bad))
    begin_write(db.session())
    lock(context)
    stale = changed_since(tag_of(_text(context)), header)
    if stale is not None:
        return stale
    try:
        planned = plan(context, parsed, giver())
        carry_out(context, planned, giver())
    except BadFile as bad:
        return problem(422, str(bad))
    except Locked as locked:
        return problem(403, str(locked))
    db.session.commit()
    response = _told(planned)
    response.set_etag(tag_of(_text(context)))
    return response


@bp.post(
    "/<course_id>/configuration/preview",
    **operation(TEACHERS, Configured, refusals=(404, 413, 415)),
)
@requires(*TEACHERS)
@checked
def post_configuration_preview(path: CoursePath, raw: Text) -> Response:
    """Say in sentences what a text would change; nothing is written."""
    try:
        context = the_course(path)
        return _told(plan(context, _parsed(raw), giver()))
    except BadFile as bad:
        return problem(422, str(bad))
    except Locked as locked:
        return problem(403, str(locked))


def _parsed(raw: Text) -> Parsed:
    """Read what was sent while others may write."""
    db.session.commit()
    return parse(raw.get_data())


def _text(context: Context) -> str:
    return to_toml(outline_of(db.session(), context, with_gone=True))


def _told(planned: Plan) -> Response:
    answer = Configured(changes=planned.changes, drafts=planned.drafts)
    return jsonify(answer.model_dump(mode="json"))
