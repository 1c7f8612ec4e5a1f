"""Users who are one person, in the API: an organisation's word, by its keys alone."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.merging import MergeRefused
from gamification.merging.history import MergeRow, merge_of, merges_of, take
from gamification.metrics.cursors import BadCursor
from jobs.api_keys import PEOPLE_READ, PEOPLE_WRITE
from jobs.clock import now
from jobs.people import Named, NobodyThere, merge_people, part_people
from models.db import db
from views.api import merge_schemas as schemas
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import api_key, giver, requires

bp = APIBlueprint("merge_api", __name__, url_prefix="/api/v1")
guard(bp)

NO_LAUNCH = ()
"""A merge is of all courses of both, and the launch of one has no word in the others."""


@bp.get("/merges", **operation(NO_LAUNCH, schemas.MergeList, key=PEOPLE_READ))
@requires(key=PEOPLE_READ)
@checked
def get_merges(query: schemas.MergesQuery) -> Response:
    """List the organisation's merges, the newest first, with those taken back."""
    owner = api_key().tenant_id
    try:
        found = merges_of(
            db.session(),
            owner,
            user=query.user,
            after=query.cursor,
            limit=query.limit,
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [schemas.Merge.model_validate(row) for row in found.rows]
    answer = schemas.MergeList(items=items, next=found.next)
    return jsonify(answer.model_dump(mode="json"))


@bp.get(
    "/merges/<merge_id>",
    **operation(NO_LAUNCH, schemas.Merge, refusals=(404,), key=PEOPLE_READ),
)
@requires(key=PEOPLE_READ)
@checked
def get_merge(path: schemas.MergePath) -> Response:
    """Give one merge; its `ETag` goes with its reversal as `If-Match`."""
    row = merge_of(db.session(), api_key().tenant_id, path.merge_id)
    if row is None:
        abort(404)
    return _told(row)


@bp.post(
    "/merges",
    **operation(
        NO_LAUNCH, schemas.Merge, status=201, refusals=(409, 415), key=PEOPLE_WRITE
    ),
)
@requires(key=PEOPLE_WRITE)
@checked
@whole
def post_merge(header: IdempotencyKey, body: schemas.MergeWanted) -> Response:
    """Let two users be one person, in every course of both; nobody is told."""
    session, owner = db.session(), api_key().tenant_id

    def work() -> Response:
        named = Named(body.kept, body.merged)
        try:
            made = merge_people(session, owner, named, giver(), now())
        except NobodyThere as error:
            return problem(422, str(error))
        except MergeRefused as error:
            return problem(409, str(error))
        response = _told(_row(owner, made.public_id))
        response.status_code = 201
        return response

    return once(header, work)


@bp.post(
    "/merges/<merge_id>/reversal",
    **operation(
        NO_LAUNCH, schemas.Merge, refusals=(404, 409, 412, 415), key=PEOPLE_WRITE
    ),
)
@requires(key=PEOPLE_WRITE)
@checked
@whole
def post_reversal(path: schemas.MergePath, header: IfMatch) -> Response:
    """Take a merge back: every row is what it was; what came since stays."""
    session, owner = db.session(), api_key().tenant_id
    taken = take(session, owner, path.merge_id)
    if taken is None:
        abort(404)
    stale = changed_since(_tag(_row(owner, path.merge_id)), header)
    if stale is not None:
        return stale
    try:
        part_people(session, taken, giver(), now())
    except MergeRefused as error:
        return problem(409, str(error))
    response = _told(_row(owner, path.merge_id))
    session.commit()
    return response


def _row(owner: int, public_id: str) -> MergeRow:
    row = merge_of(db.session(), owner, public_id)
    if row is None:
        raise LookupError(f"Merge {public_id} is not tenant {owner}'s.")
    return row


def _told(row: MergeRow) -> Response:
    response = jsonify(schemas.Merge.model_validate(row).model_dump(mode="json"))
    response.set_etag(_tag(row))
    return response


def _tag(row: MergeRow) -> str:
    return tag_of(row.id, row.state)
