"""Security table D4 and D5, certification 6.4: who writes scores, and which."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import status
from campus.records import LineItem, Person
from jobs.scores import publish_scores
from lti.scores import Score, ScoreImpossible
from models import Award, BadgeVersion, Context, Membership, ScoreItem
from tests.conformance.stage import Stage
from tests.factories import POINT, a_badge, a_context, a_member
from tests.support import house
from tests.support.clock import NOW, Clock
from tests.support.syncing import Desk, a_course

if TYPE_CHECKING:
    from tests.support.platform import Registered

pytestmark = pytest.mark.conformance

SHAPES = ["registered", "canvas_registered"]


@pytest.fixture(params=SHAPES)
def desk(
    request: pytest.FixtureRequest, app: OpenAPI, served: str, session: Session
) -> Desk:
    """Return a course of either shape with a column of ours, read once."""
    registered: Registered = request.getfixturevalue(request.param)
    desk = Desk(app, session, a_course(session, registered), registered)
    a_column(desk)
    assert desk.sync().ok
    return desk


def a_column(desk: Desk) -> LineItem:
    cast = desk.registered.cast
    return desk.registered.campus.add_line_item(
        LineItem(
            course=cast.course.number,
            label="Badges",
            maximum=50,
            tool=cast.tool.number,
            tag="laurel",
        )
    )


def send(desk: Desk) -> None:
    desk.session.commit()
    context_id = desk.context.id
    desk.session.rollback()
    with desk.app.app_context():
        publish_scores(context_id)


def posted(desk: Desk) -> list[dict[str, Any]]:
    requests = desk.registered.campus.traffic.requests("scores")
    return [json.loads(request.body) for request in requests]


def award(session: Session, member: Membership, context: Context) -> None:
    """Give somebody a badge of a course, whoever they are there."""
    badge = a_badge(session, of=context)
    version = session.scalars(sa.select(BadgeVersion).filter_by(badge_id=badge.id))
    session.add(
        Award(
            context_id=context.id,
            membership_id=member.id,
            badge_id=badge.id,
            badge_version_id=version.one().id,
            granted_at=NOW,
        )
    )
    session.flush()


def test_d04_no_address_of_ours_takes_a_score(app: OpenAPI) -> None:
    """Scores come of server-side events alone (AGS)."""
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    pages = [path for path in house.modules("views") if "commands" not in path.parts]

    naming = [path.name for path in pages if "lti.scores" in path.read_text()]
    asking = [path.name for path in pages if "publish_scores" in path.read_text()]

    assert [rule for rule in rules if "score" in rule] == []
    assert (naming, asking) == ([], [])


def test_d05_nobody_is_scored_who_is_not_a_learner_there(desk: Desk) -> None:
    """A teacher, one who left, and one of another course: no score goes out."""
    session, context = desk.session, desk.session.merge(desk.context)
    elsewhere = a_context(session, registration=context.registration)
    strangers = [
        a_member(session, of=context, role="instructor", sub="d5-teacher"),
        a_member(session, of=context, status="left", sub="d5-left"),
    ]
    for stranger in strangers:
        award(session, stranger, context)
    award(session, a_member(session, of=elsewhere, sub="d5-other"), elsewhere)

    send(desk)

    assert {score["userId"][:3] for score in posted(desk)} & {"d5-"} == set()
    assert posted(desk) != []


def test_d05_another_courses_line_item_gets_nothing(desk: Desk) -> None:
    """Each line item gets the scores of its own course."""
    session, context = desk.session, desk.session.merge(desk.context)
    elsewhere = a_context(session, registration=context.registration)
    url = desk.registered.campus.base_url + "/elsewhere"
    session.add(ScoreItem(context_id=elsewhere.id, url=url, label="Badges"))

    send(desk)

    paths = {r.url for r in desk.registered.campus.traffic.requests("scores")}
    assert len(paths) == 1
    assert not any("elsewhere" in path for path in paths)


@pytest.mark.parametrize("given", [-1, float("nan"), float("inf")])
def test_d05_what_is_no_mark_is_refused(given: int) -> None:
    """Negative, or no number: no score (AGS 3.4)."""
    with pytest.raises(ScoreImpossible):
        Score("17", given, 100 * POINT, NOW)


def test_d05_more_than_the_maximum_is_the_maximum() -> None:
    """Nobody gets more than full marks of us (AGS 3.4)."""
    score = Score("17", 120 * POINT, 100 * POINT, NOW)

    assert score.sent == 100 * POINT


def test_d05_timestamps_of_one_person_on_one_item_rise(desk: Desk) -> None:
    """Though the clock stands still (AGS 3.4.6)."""
    for _ in range(3):
        context = desk.session.merge(desk.context)
        a_badge(desk.session, of=context, threshold=10**6)
        send(desk)

    ada = desk.registered.cast.ada.sub
    times = [score["timestamp"] for score in posted(desk) if score["userId"] == ada]
    assert len(times) == 3
    assert times == sorted(set(times))


def test_d05_no_score_clears_a_grade(desk: Desk) -> None:
    """Each carries a mark and is final (AGS 3.4.7)."""
    send(desk)

    finals = {(s["gradingProgress"], "scoreGiven" in s) for s in posted(desk)}
    assert finals == {("FullyGraded", True)}


def test_d05_a_platforms_later_score_stays(desk: Desk, clock: Clock) -> None:
    """409, and Canvas's 400: ours goes once more at once; then theirs stays."""
    late = {
        "moodle": status(409),
        "canvas": status(400, "Provided timestamp before last updated timestamp of 1"),
    }
    shape = desk.registered.campus.shape.name
    desk.registered.campus.faults.on("scores", late[shape])

    for _ in range(3):
        send(desk)
        clock.advance(timedelta(days=1))

    ada = desk.registered.cast.ada.sub
    assert sum(score["userId"] == ada for score in posted(desk)) == 2


@pytest.mark.parametrize("who", ["iris"])
def test_6_4_a_valid_instructor_launch_brings_the_service(
    stage: Stage, who: str
) -> None:
    """The course keeps the line items' address and our rights there (6.4)."""
    person: Person = getattr(stage.registered.cast, who)

    assert stage.launch(person).status_code == 200

    context = stage.session.scalars(sa.select(Context)).one()
    assert "lineitems" in (context.lineitems_url or "")
    assert any(scope.endswith("/scope/score") for scope in context.ags_scopes)


def test_6_4_scores_carry_token_and_media_type(desk: Desk) -> None:
    """Bearer, media type, rights: as the guide checks them (6.4)."""
    send(desk)

    request = desk.registered.campus.traffic.requests("scores")[0]
    assert request.headers["authorization"].startswith("Bearer ")
    assert request.headers["content-type"] == "application/vnd.ims.lis.v1.score+json"
    assert request.url.partition("?")[0].endswith("/scores")
