"""What a course says to its learners: read by its staff, decided by who teaches."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.catalog.messages import (
    EXAMPLES,
    PLACES,
    BadMessage,
    render,
)
from gamification.catalog.messages import (
    checked as checked_text,
)
from jobs import messages
from jobs.clock import now
from jobs.locking import Locked
from models import STAFF, Context
from models.db import db
from views.api import message_schemas as schemas
from views.api.changes import lock
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, requires
from views.pages import TEACHERS

bp = APIBlueprint("message_api", __name__, url_prefix="/api/v1/courses")
guard(bp)


@bp.get("/<course_id>/messages", **operation(STAFF, schemas.Messages, refusals=(404,)))
@requires(*STAFF)
@checked
def get_messages(path: CoursePath) -> Response:
    """Give what learners of the course are told, and what may stand in it."""
    return _told(_read(the_course(path)))


@bp.put(
    "/<course_id>/messages",
    **operation(TEACHERS, schemas.Messages, refusals=(404, 412, 415)),
)
@requires(*TEACHERS)
@checked
@whole
def put_messages(
    path: CoursePath, header: IfMatch, body: schemas.MessagesChange
) -> Response:
    """Let learners be told in other words; `null` goes back to the layer below."""
    context = the_course(path)
    lock(context)
    stale = changed_since(_tag(_read(context)), header)
    if stale is not None:
        return stale
    texts = {str(kind): text for kind, text in body.messages.items()}
    try:
        messages.decide_messages(db.session(), context, texts, giver(), now())
    except BadMessage as bad:
        return problem(422, f"messages: {bad}")
    except Locked as locked:
        return problem(403, str(locked))
    db.session.commit()
    return _told(_read(context))


@bp.post(
    "/<course_id>/messages/preview",
    **operation(TEACHERS, schemas.MessagesTried, refusals=(404, 415)),
)
@requires(*TEACHERS)
@checked
def post_messages_preview(path: CoursePath, body: schemas.MessagesChange) -> Response:
    """Say how other words would read; nothing is written."""
    below = messages.words_below(the_course(path))
    try:
        items = [
            schemas.MessageTried(
                kind=kind,
                example=_example(
                    below[kind] if text is None else checked_text(kind, text)
                ),
            )
            for kind, text in body.messages.items()
        ]
    except BadMessage as bad:
        return problem(422, f"messages: {bad}")
    return jsonify(schemas.MessagesTried(items=items).model_dump(mode="json"))


def _example(text: str) -> str:
    return render(text, EXAMPLES)


def _read(context: Context) -> schemas.Messages:
    found = messages.messages_in(db.session(), context)
    return schemas.Messages(
        messages=[
            schemas.Message(
                kind=one.kind,  # type: ignore[arg-type] # one of those there are
                text=one.text,
                origin=one.origin,  # type: ignore[arg-type] # one of the three layers
                version=one.version,
                places=[f"{{{place}}}" for place in PLACES[one.kind]],
                example=_example(one.text),
            )
            for one in found.values()
        ],
        locked=messages.are_locked(context),
    )


def _told(found: schemas.Messages) -> Response:
    response = jsonify(found.model_dump(mode="json"))
    response.set_etag(_tag(found))
    return response


def _tag(found: schemas.Messages) -> str:
    return tag_of(found.model_dump(mode="json", exclude={"locked"}))
