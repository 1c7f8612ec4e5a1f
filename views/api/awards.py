"""Awards in the API: their history, and what the people who teach decide."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.awards.decisions import DecisionRefused, Revocation, take
from gamification.awards.giving import Gift, NotGiven
from gamification.awards.history import (
    AwardRow,
    BadCursor,
    Wanted,
    award_of,
    awards_of,
)
from jobs import decisions
from jobs.api_keys import AWARDS_WRITE, PEOPLE_READ
from jobs.clock import now
from models import Award, Context
from models.db import db
from views.api import award_schemas as schemas
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, launch_session, reads_all, requires
from views.pages import TEACHERS

bp = APIBlueprint("award_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

FOR_STAFF = {"by"}
"""What of an award's evidence only staff read: no learner reads another's id."""
GRANTS: dict[str, Any] = operation(
    TEACHERS, schemas.Award, status=201, refusals=(404, 409, 415), key=AWARDS_WRITE
)
GRANTS["responses"]["200"] = schemas.Award
CHANGES = operation(
    TEACHERS, schemas.Award, refusals=(404, 409, 412, 415), key=AWARDS_WRITE
)


def refused(why: NotGiven) -> Response:
    """Return the problem of a badge that was not given."""
    return problem(409 if why.is_conflict else 422, str(why))


@bp.get(
    "/<course_id>/awards",
    **operation(LEARNERS, schemas.AwardList, refusals=(404,), key=PEOPLE_READ),
)
@requires(*LEARNERS, key=PEOPLE_READ)
@checked
def get_awards(path: CoursePath, query: schemas.AwardsQuery) -> Response:
    """List awards, open and over, the newest first: staff all, learners their own."""
    context = the_course(path)
    user = _readable(query.user)
    wanted = Wanted(user=user, badge=query.badge, after=query.cursor, limit=query.limit)
    try:
        found = awards_of(db.session(), context.id, now(), wanted)
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    answer = schemas.AwardList(items=list(map(shape_of, found.rows)), next=found.next)
    return jsonify(answer.model_dump(mode="json"))


@bp.get(
    "/<course_id>/awards/<award_id>",
    **operation(LEARNERS, schemas.Award, refusals=(404,), key=PEOPLE_READ),
)
@requires(*LEARNERS, key=PEOPLE_READ)
@checked
def get_award(path: schemas.AwardPath) -> Response:
    """Give one award; its `ETag` goes with a change as `If-Match`."""
    row = award_of(db.session(), the_course(path).id, path.award_id, now())
    if row is None or (not reads_all() and row.user_id != _own_id()):
        abort(404)
    return told(row)


@bp.post("/<course_id>/awards", **GRANTS)
@requires(*TEACHERS, key=AWARDS_WRITE)
@checked
@whole
def post_award(
    path: CoursePath, header: IdempotencyKey, body: schemas.Grant
) -> Response:
    """Give a learner a badge (201); whoever has it keeps the award they have (200)."""
    context = the_course(path)

    def work() -> Response:
        gift = Gift(**body.model_dump())
        session, moment = db.session(), now()
        (outcome,) = decisions.grant(session, context, [gift], giver(), moment)
        if isinstance(outcome, NotGiven):
            return refused(outcome)
        response = told(_row(context, outcome.public_id))
        response.status_code = 201 if outcome.is_new else 200
        return response

    return once(header, work, within=context.id)


@bp.put("/<course_id>/awards/<award_id>", **CHANGES)
@requires(*TEACHERS, key=AWARDS_WRITE)
@checked
@whole
def put_award(
    path: schemas.AwardPath, header: IfMatch, body: schemas.Renewal
) -> Response:
    """Let an award last until another moment, or for good."""

    def change(award: Award) -> None:
        decisions.renew(db.session(), award, body.expires_at, giver(), now())

    return _decided(path, header, change)


@bp.delete("/<course_id>/awards/<award_id>", **CHANGES)
@requires(*TEACHERS, key=AWARDS_WRITE)
@checked
@whole
def delete_award(
    path: schemas.AwardPath, header: IfMatch, body: schemas.Revocation
) -> Response:
    """Revoke an award: it ends, and stays in the history with its reason."""
    why = Revocation(body.reason, body.bars_regrant)

    def change(award: Award) -> None:
        decisions.revoke(db.session(), award, why, giver(), now())

    return _decided(path, header, change)


@bp.post("/<course_id>/awards/<award_id>/lift", **CHANGES)
@requires(*TEACHERS, key=AWARDS_WRITE)
@checked
@whole
def post_lift(path: schemas.AwardPath, header: IfMatch) -> Response:
    """Let the badge of a revoked award be earned and given again."""

    def change(award: Award) -> None:
        decisions.lift(db.session(), award, giver(), now())

    return _decided(path, header, change)


def _decided(
    path: schemas.AwardPath, header: IfMatch, change: Callable[[Award], None]
) -> Response:
    """Change an award as it is now, unless its caller has read another one."""
    session, context = db.session(), the_course(path)
    award = take(session, context.id, path.award_id)
    if award is None:
        abort(404)
    stale = changed_since(_tag(_row(context, path.award_id)), header)
    if stale is not None:
        return stale
    try:
        change(award)
    except DecisionRefused as error:
        return problem(409, str(error))
    response = told(_row(context, path.award_id))
    session.commit()
    return response


def _readable(user: str | None) -> str | None:
    """Return whose awards the caller may list; a learner's are their own."""
    if reads_all():
        return user
    if user not in {None, _own_id()}:
        abort(403)
    return _own_id()


def _own_id() -> str:
    return launch_session().membership.user.public_id


def _row(context: Context, public_id: str) -> AwardRow:
    row = award_of(db.session(), context.id, public_id, now())
    if row is None:
        raise LookupError(f"Award {public_id} is not in course {context.id}.")
    return row


def _tag(row: AwardRow) -> str:
    return tag_of(
        *(row.id, row.expires_at, row.ended_at, row.end_reason, row.barred),
        *(row.state, row.origin),
    )


def shape_of(row: AwardRow) -> schemas.Award:
    """Return an award as the caller may see it."""
    award = schemas.Award.model_validate(row)
    return award if reads_all() else unnamed(award)


def unnamed(award: schemas.Award) -> schemas.Award:
    """Return an award without the ids of those who gave and ended it."""
    evidence = {
        name: said for name, said in award.evidence.items() if name not in FOR_STAFF
    }
    return award.model_copy(update={"ended_by": None, "evidence": evidence})


def told(row: AwardRow) -> Response:
    """Answer one award, with its tag."""
    response = jsonify(shape_of(row).model_dump(mode="json"))
    response.set_etag(_tag(row))
    return response
