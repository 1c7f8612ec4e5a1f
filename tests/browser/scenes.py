"""Every page a person can meet, each with a course in which it shows all it has."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from campus.records import Link
from models import Context, CopyProposal, Membership, SyncState
from tests.browser.classroom import CLASSMATES, a_class, a_learner
from tests.browser.stage import CoursePage, Stage
from tests.browser.wire import without_partitioned
from tests.factories import a_badge
from tests.support.clock import NOW

Scene = Callable[[Stage], CoursePage]

OPEN_TO_ALL: dict[str, Any] = {"board_enabled": True, "board_participation": "opt_out"}
TO_JOIN: dict[str, Any] = {"board_enabled": True, "board_participation": "opt_in"}
BY_NAME: dict[str, Any] = {**TO_JOIN, "board_identity": "name"}
LAUNCHES_ANEW = """(state) => {
  const form = Object.assign(document.createElement("form"), { method: "post" });
  form.action = "/lti/launch";
  const field = { type: "hidden", name: "state", value: state };
  form.append(Object.assign(document.createElement("input"), field));
  document.body.append(form);
  form.submit();
}"""
GOES_WRONG = "location.hash = '#/badges/no-such-badge'"
RUNS_OUT = """() => {
  window.fetch = async () => new Response("", { status: 401 });
  location.hash = "#/overview?again";
}"""


def a_full_course(
    stage: Stage,
    ada: Mapping[str, Any] | None = None,
    **columns: Any,  # noqa: ANN401 -- any column of the course
) -> Context:
    """Make a course with a board, where Ada has a badge and results are stale.

    `ada` are more columns of hers.
    """
    columns = columns or OPEN_TO_ALL
    context = a_class(stage.session, stage.registered, classmates=CLASSMATES, **columns)
    a_learner(stage.session, context, stage.registered.cast.ada, items=5, **ada or {})
    for source, error in (("roster", None), ("results", "The platform was away.")):
        state = SyncState(
            context_id=context.id,
            source=source,
            attempted_at=NOW - timedelta(hours=1),
            succeeded_at=NOW - timedelta(days=1),
            error=error,
            counts={"people": 8, "dropped": {"no name and no id": 2}},
        )
        stage.session.add(state)
    stage.session.commit()
    return context


def as_ada(stage: Stage, heading: str = "Hello, Ada Example") -> CoursePage:
    course = stage.open(stage.registered.cast.ada)
    course.shows(heading)
    return course


def as_iris(stage: Stage, heading: str = "Badges in this course") -> CoursePage:
    course = stage.open(stage.registered.cast.iris)
    course.shows(heading)
    return course


def overview(stage: Stage) -> CoursePage:
    a_full_course(stage)
    return as_ada(stage)


def first_day(stage: Stage) -> CoursePage:
    """Show a learner who has done nothing yet."""
    a_class(stage.session, stage.registered)
    return as_ada(stage)


def earned_badge(stage: Stage) -> CoursePage:
    return turned_to(overview(stage), "badges/first_contribution", "First contribution")


def locked_badge(stage: Stage) -> CoursePage:
    return turned_to(overview(stage), "badges/prolific", "Prolific")


def leaderboard(stage: Stage) -> CoursePage:
    return turned_to(overview(stage), "leaderboard", "Leaderboard")


def leaderboard_to_join(stage: Stage) -> CoursePage:
    a_full_course(stage, **TO_JOIN)
    return turned_to(as_ada(stage), "leaderboard", "Leaderboard")


def leaderboard_to_be_named(stage: Stage) -> CoursePage:
    """Show somebody on the board who may choose to be there by name."""
    a_full_course(stage, {"board_consent": True}, **BY_NAME)
    return turned_to(as_ada(stage), "leaderboard", "Leaderboard")


def leaderboard_by_name(stage: Stage) -> CoursePage:
    """Show somebody who has chosen to be on the board by name."""
    a_full_course(stage, {"board_consent": True, "name_consent": True}, **BY_NAME)
    return turned_to(as_ada(stage), "leaderboard", "Leaderboard")


def leaderboard_too_few(stage: Stage) -> CoursePage:
    a_class(stage.session, stage.registered, **OPEN_TO_ALL)
    return turned_to(as_ada(stage), "leaderboard", "Leaderboard")


def off(stage: Stage) -> CoursePage:
    """Show a learner a course that nobody turned on."""
    return as_ada(stage, "Nothing to see here yet")


def manage(stage: Stage) -> CoursePage:
    a_full_course(stage)
    return as_iris(stage)


def unlikely_roster(stage: Stage) -> CoursePage:
    """Show the teacher that very many are gone, which is for a human to believe."""
    a_full_course(stage)
    roster = sa.update(SyncState).where(SyncState.source == "roster")
    stage.session.execute(roster.values(succeeded_at=NOW, error="It lacks 7 of 8."))
    stage.session.commit()
    return as_iris(stage)


def invitation(stage: Stage) -> CoursePage:
    """Show the teacher a course that is not on yet."""
    return as_iris(stage, "Recognise the work your learners do")


def copied(stage: Stage) -> CoursePage:
    """Show the teacher a new course that is a copy of an earlier one of theirs."""
    course, session = invitation(stage), stage.session
    session.rollback()
    teacher = session.scalars(sa.select(Membership).filter_by(role="instructor")).one()
    new = teacher.context
    of_platform = {
        "tenant_id": new.tenant_id,
        "registration_id": new.registration_id,
        "deployment_id": new.deployment_id,
    }
    old = Context(**of_platform, lti_id="old", title="Botany in spring", created_at=NOW)
    session.add(old)
    session.flush()
    a_badge(session, of=old)
    person = {"user_id": teacher.user_id, "first_seen_at": NOW}
    session.add(Membership(context_id=old.id, role="instructor", **person))
    copy = {"context_id": new.id, "source_id": old.id}
    session.add(CopyProposal(**copy, found_by="history", created_at=NOW))
    session.commit()
    course.frame.evaluate("location.hash = '#/manage?again'")
    course.panel.locator("#proposal-title").wait_for()
    return course


def class_list(stage: Stage) -> CoursePage:
    return turned_to(manage(stage), "class", "Class")


def all_badges(stage: Stage) -> CoursePage:
    return turned_to(manage(stage), "badges", "What learners can earn")


def badges_alone(stage: Stage) -> CoursePage:
    """Show a learner the panel that holds badges and nothing else."""
    return turned_to(overview(stage), "badges", "Badges")


def badge_gone(stage: Stage) -> CoursePage:
    """Show a learner whose link was made for a badge that is gone."""
    a_full_course(stage)
    cast, campus = stage.registered.cast, stage.registered.campus
    custom = {"panel": "badge", "badge": "gone"}
    place = Link(
        course=cast.course.number, tool=cast.tool.number, title="Gone", custom=custom
    )
    course = stage.open(cast.ada, link=campus.add_link(place))
    course.shows("Badges")
    return course


def picker(stage: Stage) -> CoursePage:
    """Show a teacher who has picked two links, one with a column for grades."""
    a_full_course(stage)
    course = picker_off(stage)
    course.panel.get_by_role("checkbox", name="Leaderboard").check()
    course.panel.get_by_role("checkbox", name="Author").check()
    course.panel.get_by_role("checkbox", name="Add a column").last.check()
    course.panel.locator("#preview .medallion").wait_for()
    return course


def picker_off(stage: Stage) -> CoursePage:
    """Show the picker where nothing is picked yet, in a course that is off."""
    course = adding(stage)
    course.shows("What should learners see here?")
    return course


def adding(stage: Stage, *, query: str = "") -> CoursePage:
    """Go where the teacher adds an activity; the picker begins to load in the frame."""
    cast, base = stage.registered.cast, stage.registered.campus.base_url
    page = stage.browser.new_page()
    page.goto(f"{base}/course/{cast.course.number}?as={cast.iris.number}")
    page.get_by_role("link", name="Add an activity").click()
    if query:
        page.goto(f"{page.url}&{query}")
    return CoursePage(page)


def way_out(stage: Stage) -> CoursePage:
    """Show the login page in a browser that keeps nothing."""
    stage.wire.bends.append(without_partitioned)
    course = stage.open(stage.registered.cast.ada)
    course.panel.locator("#blocked").wait_for()
    return course


def error_page(stage: Stage) -> CoursePage:
    """Show a launch that was refused: its state is used up."""
    course = off(stage)
    course.frame.evaluate(LAUNCHES_ANEW, stage.states()[-1])
    course.shows("This did not open")
    return course


def open_again(stage: Stage) -> CoursePage:
    """Show a panel that was reloaded."""
    course = off(stage)
    course.frame.evaluate("location.reload()")
    course.shows("Please open it again from your course")
    return course


def launch_is_over(stage: Stage) -> CoursePage:
    course = off(stage)
    course.frame.evaluate(RUNS_OUT)
    course.shows("This page has been open for a long time")
    return course


def failed_panel(stage: Stage) -> CoursePage:
    course = off(stage)
    course.frame.evaluate(GOES_WRONG)
    course.shows("This did not arrive")
    return course


def turned_to(course: CoursePage, route: str, heading: str) -> CoursePage:
    course.frame.evaluate("(route) => { location.hash = '#/' + route; }", route)
    course.shows(heading)
    return course


LEARNERS: tuple[Scene, ...] = (
    overview,
    first_day,
    earned_badge,
    locked_badge,
    leaderboard,
    leaderboard_to_join,
    leaderboard_to_be_named,
    leaderboard_by_name,
    leaderboard_too_few,
    off,
    badges_alone,
    badge_gone,
)
STAFF: tuple[Scene, ...] = (
    manage,
    unlikely_roster,
    invitation,
    copied,
    class_list,
    all_badges,
    picker,
    picker_off,
)
BESIDES: tuple[Scene, ...] = (
    way_out,
    error_page,
    open_again,
    launch_is_over,
    failed_panel,
)
ALL = LEARNERS + STAFF + BESIDES
