"""What the API tells of points and places: one's own, the board's, the class's."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.standings import (
    BadCursor,
    NoSuchGroup,
    NoSuchLeague,
    NoSuchPeriod,
    Page,
    Wanted,
    class_list,
    progress_of,
    set_consent,
    set_name_consent,
)
from gamification.standings.dealing import choose_leagues, deal_at_once
from jobs.api_keys import COURSES_READ, PEOPLE_READ
from jobs.clock import now
from models import STAFF, ApiKey, Membership
from models.db import db
from views import learner
from views.api import leaderboard_schemas as shapes
from views.api import schemas
from views.api.courses import the_course
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import caller, launch_alone, launch_session, requires
from views.outside import board_from_outside
from views.pages import has_board, switch_now

bp = APIBlueprint("standings_api", __name__, url_prefix="/api/v1")
guard(bp)

RANKED = ("learner",)
NO_BOARD = "There is no leaderboard here at the moment."


@bp.get("/me/standing", **operation(LEARNERS, schemas.MyStanding))
@requires(*LEARNERS)
def get_standing() -> Response:
    """Give the caller's own totals; zeros while it is off.

    Compared with nobody but by `percentile`, which a course with a board has.
    """
    launch = launch_session()
    if not switch_now(launch.context).on:
        return jsonify(schemas.MyStanding().model_dump(mode="json"))
    mine, best = progress_of(db.session(), launch.membership, now())
    answer = schemas.MyStanding(
        points=mine.points,
        events=mine.events,
        completed=mine.completed,
        this_week=best.this_week,
        best_week=best.best,
        percentile=learner.percentile_of(launch),
    )
    return jsonify(answer.model_dump(mode="json"))


@bp.get("/me/board", **operation(RANKED, shapes.BoardPlace))
@requires(*RANKED)
def get_board() -> Response:
    """Say whether the caller is on the leaderboard; its `ETag` goes with a change."""
    return _place(learner.participation_of(launch_session()))


@bp.put("/me/board", **operation(RANKED, shapes.BoardPlace, refusals=(409, 412, 415)))
@requires(*RANKED)
@checked
@whole
def put_board(header: IfMatch, body: shapes.BoardChoice) -> Response:
    """Join the course's leaderboard or leave it, or its leagues alone; at once."""
    launch = launch_alone()
    if not has_board(launch):
        return problem(409, NO_BOARD)
    mine = learner.participation_of(launch)
    stale = changed_since(_place(mine).get_etag()[0] or "", header)
    if stale is not None:
        return stale
    if body.joined is not None and not mine.may_choose:
        return problem(409, "In this course that is not for each to choose.")
    if body.named and not mine.may_be_named:
        return problem(409, "In this course nobody's name is shown.")
    if body.league is not None and mine.in_leagues is None:
        return problem(409, "In this course there are no leagues.")
    _decide(launch.membership, body)
    learner.name_on_board(launch)
    db.session.commit()
    return _place(learner.participation_of(launch))


def _place(mine: learner.Participation) -> Response:
    """Answer how somebody takes part, with its tag."""
    answer = shapes.BoardPlace(
        joined=mine.joined, named=mine.is_real, name=mine.name, league=mine.in_leagues
    )
    place = answer.model_dump(mode="json")
    response = jsonify(place)
    response.set_etag(tag_of(place))
    return response


def _decide(member: Membership, body: shapes.BoardChoice) -> None:
    session, moment = db.session(), now()
    if body.joined is not None:
        set_consent(session, member, moment, joined=body.joined)
        deal_at_once(session, member.context, moment)
    if body.named is not None:
        set_name_consent(session, member, moment, named=body.named)
    if body.league is not None:
        choose_leagues(session, member, moment, wanted=body.league)


@bp.get(
    "/courses/<course_id>/leaderboard",
    **operation(LEARNERS, shapes.Leaderboard, refusals=(404,), key=COURSES_READ),
)
@requires(*LEARNERS, key=COURSES_READ)
@checked
def get_leaderboard(
    path: schemas.CoursePath, query: shapes.LeaderboardQuery
) -> Response:
    """Give the board as the caller may see it: nobody while it is off or too empty."""
    context, who = the_course(path), caller()
    wanted = Wanted(query.period, query.group, query.league)
    try:
        if isinstance(who, ApiKey):
            board = board_from_outside(context, wanted)
        else:
            board = learner.board_of(who, wanted)
    except (NoSuchGroup, NoSuchLeague):
        abort(404)
    except NoSuchPeriod as error:
        return problem(422, f"period: {error}")
    answer = shapes.Leaderboard(
        state=board.state,
        period=board.period,
        final=board.final,
        people=board.people,
        league=board.league,
        leagues=board.leagues,
        items=[shapes.LeaderboardRow.model_validate(row) for row in board.rows],
    )
    return jsonify(answer.model_dump(mode="json"))


@bp.get(
    "/courses/<course_id>/members",
    **operation(STAFF, schemas.MemberList, refusals=(404,), key=PEOPLE_READ),
)
@requires(*STAFF, key=PEOPLE_READ)
@checked
def get_members(path: schemas.CoursePath, query: schemas.MembersQuery) -> Response:
    """List the class with points and badges, page by page."""
    page = Page(query.sort, query.cursor, query.limit)
    try:
        found = class_list(
            db.session(), the_course(path), now(), search=query.search, page=page
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    members = [schemas.Member.model_validate(row) for row in found.rows]
    answer = schemas.MemberList(items=members, next=found.next)
    return jsonify(answer.model_dump(mode="json"))
