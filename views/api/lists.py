"""The lists beside the leaderboard: who improves, who is steady, and teams."""

from typing import Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from views import learner
from views.api.courses import the_course
from views.api.examples import example
from views.api.operations import LEARNERS, checked, operation
from views.api.schemas import Answer, CoursePath
from views.api.writing import guard
from views.guards import launch_session, requires

bp = APIBlueprint("lists_api", __name__, url_prefix="/api/v1/courses")
guard(bp)

State = Literal["off", "too_few", "ready"]


class Improved(Answer):
    name: str
    more: int
    """Whole points of this week above one's own mean of the last four."""
    me: bool


class Steady(Answer):
    name: str
    weeks: int
    """In how many of the last four weeks there are points, this one included."""
    me: bool


class Team(Answer):
    rank: int
    name: str
    points: int
    """Whole points for each member who is on the board."""
    mine: bool


class ImprovedList(Answer):
    state: State
    items: list[Improved]


class SteadyList(Answer):
    state: State
    items: list[Steady]


class TeamList(Answer):
    state: State
    items: list[Team]


class Lists(Answer):
    """Each list for itself: one that is `off` or has `too_few` people has no items."""

    model_config = example(
        improved={
            "state": "ready",
            "items": [{"name": "Keen Kestrel", "more": 11, "me": False}],
        },
        steady={
            "state": "ready",
            "items": [{"name": "Keen Kestrel", "weeks": 3, "me": False}],
        },
        teams={"state": "too_few", "items": []},
    )

    improved: ImprovedList
    steady: SteadyList
    teams: TeamList


@bp.get("/<course_id>/lists", **operation(LEARNERS, Lists, refusals=(404,)))
@requires(*LEARNERS)
@checked
def get_lists(path: CoursePath) -> Response:
    """Give the lists beside the board, by the names that the board shows."""
    the_course(path)
    found = learner.lists_of(launch_session())
    answer = {
        name: {"state": one.state, "items": list(one.rows)}
        for name, one in found.items()
    }
    return jsonify(Lists.model_validate(answer).model_dump(mode="json"))
