"""One's own progress in the API, and what a course decides of it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from gamification.copying.customs import Customs
from gamification.metrics.people import member_meant
from gamification.standings.bests import Best, shown
from gamification.standings.calendar import Rest, breaks_of, excused_of
from gamification.standings.levels import Curve, curve_of
from gamification.standings.progress import MyProgress, my_progress
from jobs.clock import now
from jobs.customs import decide_customs, decide_excused
from models import STAFF, Context, Membership
from models.db import db
from models.locks import lock_course
from views.api import progress_schemas as schemas
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import LEARNERS, checked, operation
from views.api.schemas import CoursePath
from views.api.writing import guard, whole
from views.guards import giver, launch_session, requires
from views.pages import TEACHERS, switch_now

bp = APIBlueprint("progress_api", __name__, url_prefix="/api/v1")
guard(bp)

REFUSALS = (404, 412, 415)


@bp.get("/me/progress", **operation(LEARNERS, schemas.MyProgress))
@requires(*LEARNERS)
def get_progress() -> Response:
    """Say how the caller comes along, compared with nobody; nothing while it is off."""
    launch = launch_session()
    if not switch_now(launch.context).on:
        return _told(schemas.MyProgress(enabled=False))
    return _told(_shape(my_progress(db.session(), launch.membership, now())))


@bp.get(
    "/courses/<course_id>/calendar",
    **operation(LEARNERS, schemas.Calendar, refusals=(404,)),
)
@requires(*LEARNERS)
@checked
def get_calendar(path: CoursePath) -> Response:
    """List the course's breaks; the `ETag` is for changes."""
    return _tagged(_calendar(the_course(path)))


@bp.put(
    "/courses/<course_id>/calendar",
    **operation(TEACHERS, schemas.Calendar, refusals=REFUSALS),
)
@requires(*TEACHERS)
@checked
@whole
def put_calendar(path: CoursePath, header: IfMatch, body: schemas.Calendar) -> Response:
    """Let these be all of the course's breaks: they end nobody's streak."""
    session, context = db.session(), the_course(path)
    lock_course(session, context.id)
    stale = changed_since(_tag(_calendar(context)), header)
    if stale is not None:
        return stale
    breaks = tuple(Rest(**one.model_dump()) for one in body.breaks)
    decide_customs(session, context, Customs(breaks=breaks), giver(), now())
    session.commit()
    return _tagged(_calendar(context))


@bp.get(
    "/courses/<course_id>/members/<user_id>/excused",
    **operation(STAFF, schemas.Excused, refusals=(404,)),
)
@requires(*STAFF)
@checked
def get_excused(path: schemas.UserPath) -> Response:
    """List the days on which a learner need not work; the `ETag` is for changes."""
    return _tagged(_excused(_member(path)))


@bp.put(
    "/courses/<course_id>/members/<user_id>/excused",
    **operation(TEACHERS, schemas.Excused, refusals=REFUSALS),
)
@requires(*TEACHERS)
@checked
@whole
def put_excused(
    path: schemas.UserPath, header: IfMatch, body: schemas.Excused
) -> Response:
    """Let these be all of a learner's leave, which no other learner is told of."""
    session = db.session()
    # Whoever waits for a merge writes of whom it kept.
    lock_course(session, the_course(path).id)
    member = _member(path)
    stale = changed_since(_tag(_excused(member)), header)
    if stale is not None:
        return stale
    rests = [Rest(one.first, one.last) for one in body.periods]
    decide_excused(session, member, rests, giver(), now())
    session.commit()
    return _tagged(_excused(member))


@bp.get(
    "/courses/<course_id>/levels",
    **operation(LEARNERS, schemas.LevelsTold, refusals=(404,)),
)
@requires(*LEARNERS)
@checked
def get_levels(path: CoursePath) -> Response:
    """Say how many points each level takes; the `ETag` is for changes."""
    return _tagged(_levels(the_course(path)))


@bp.put(
    "/courses/<course_id>/levels",
    **operation(TEACHERS, schemas.LevelsTold, refusals=REFUSALS),
)
@requires(*TEACHERS)
@checked
@whole
def put_levels(path: CoursePath, header: IfMatch, body: schemas.Levels) -> Response:
    """Choose the curve of levels; a level that somebody reached stays theirs."""
    session, context = db.session(), the_course(path)
    if lock_course(session, context.id):
        session.refresh(context)
    stale = changed_since(_tag(_levels(context)), header)
    if stale is not None:
        return stale
    levels = Curve(body.base, int(body.growth * 100))
    decide_customs(session, context, Customs(levels=levels), giver(), now())
    session.commit()
    return _tagged(_levels(context))


def _shape(mine: MyProgress) -> schemas.MyProgress:
    return schemas.MyProgress(
        enabled=True,
        points=mine.standing.points,
        this_week=mine.week.this_week,
        level=schemas.Level.model_validate(mine.level),
        items=schemas.Items(done=mine.items_done, total=mine.items),
        milestones=[schemas.Milestone.model_validate(one) for one in mine.reached],
        next=[schemas.Ahead.model_validate(one) for one in mine.ahead],
        bests=_bests(mine),
        steadiness=schemas.Steadiness.model_validate(mine.steadiness),
    )


def _bests(mine: MyProgress) -> schemas.Bests:
    week = mine.bests.get("week")
    return schemas.Bests(
        week_points=_shown("week", week),
        week=week.place if week else None,
        result_percent=_shown("result", mine.bests.get("result")),
        result_item=mine.best_item or None,
        run_weeks=_shown("run", mine.bests.get("run")),
    )


def _shown(kind: str, best: Best | None) -> int | None:
    return shown(kind, best) if best else None


def _member(path: schemas.UserPath) -> Membership:
    context = the_course(path)
    member = member_meant(db.session(), context.id, path.user_id)
    if member is None:
        abort(404)
    return member


def _calendar(context: Context) -> schemas.Calendar:
    breaks = breaks_of(db.session(), context.id)
    return schemas.Calendar(
        breaks=[
            schemas.Break(first=one.first, last=one.last, name=one.name)
            for one in breaks
        ]
    )


def _excused(member: Membership) -> schemas.Excused:
    return schemas.Excused(periods=_rests(excused_of(db.session(), member)))


def _rests(rests: Sequence[Rest]) -> list[schemas.Rest]:
    return [schemas.Rest(first=one.first, last=one.last) for one in rests]


def _levels(context: Context) -> schemas.LevelsTold:
    curve = curve_of(context)
    growth = float(Decimal(curve.growth) / 100)
    starts = list(islice(curve.starts, 10))
    return schemas.LevelsTold(base=curve.base, growth=growth, starts=starts)


def _tag(answer: BaseModel) -> str:
    return tag_of(answer.model_dump(mode="json"))


def _tagged(answer: BaseModel) -> Response:
    response = _told(answer)
    response.set_etag(_tag(answer))
    return response


def _told(answer: BaseModel) -> Response:
    return jsonify(answer.model_dump(mode="json"))
