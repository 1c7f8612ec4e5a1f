"""Moving between panels within one launch, and what happens when it is over."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Route, expect

from tests.browser.classroom import CLASSMATES, a_class, a_learner
from tests.browser.stage import CoursePage, Stage
from tests.support.clock import Clock

AGAIN = "Please open it again from your course"
OVER = "This page has been open for a long time"
FAILED = "This did not arrive"
FITS = "document.documentElement.scrollHeight <= innerHeight"


@pytest.fixture
def course(stage: Stage) -> CoursePage:
    """Open the panel as Ada, who has done enough for a badge and is on the board."""
    context = a_class(
        stage.session,
        stage.registered,
        classmates=CLASSMATES,
        board_enabled=True,
        board_participation="opt_out",
    )
    ada = stage.registered.cast.ada
    a_learner(stage.session, context, ada, items=5)
    course = stage.open(ada)
    course.shows("Hello, Ada Example")
    return course


def test_back_and_forward_go_through_the_panels(course: CoursePage) -> None:
    """Each panel is a step of the history, and none of them is fetched twice over."""
    course.follow("Leaderboard")
    course.shows("Leaderboard")
    course.frame.evaluate("history.back()")
    course.shows("Hello, Ada Example")
    course.frame.evaluate("history.forward()")
    course.shows("Leaderboard")

    assert urlsplit(course.frame.url).fragment == "/leaderboard"


def test_the_title_follows_the_panel(course: CoursePage) -> None:
    """The document is called as the panel is, and the current tab is marked."""
    course.follow("Leaderboard")
    course.shows("Leaderboard")

    assert course.frame.title() == "Leaderboard · Laurel"
    current = course.panel.locator("#tabs [aria-current=page]")
    expect(current).to_have_text("Leaderboard")


def test_a_click_that_is_overtaken_shows_nothing(
    stage: Stage, course: CoursePage
) -> None:
    """Of two panels asked for at once, the last one stays."""
    course.frame.evaluate(
        "location.hash = '#/leaderboard'; "
        "setTimeout(() => location.hash = '#/badges/first_contribution')"
    )

    course.shows("First contribution")
    expect(course.panel.locator("main")).to_have_attribute("aria-busy", "false")
    assert len(stage.wire.to("/panel/badges/first_contribution")) == 1


def test_a_click_before_the_scripts_is_not_lost(
    stage: Stage, course: CoursePage
) -> None:
    """The panel is there before the router; a link followed meanwhile still counts."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    stage.browser.route("**/js/shell.js", hold)
    slow = CoursePage(stage.browser.new_page())
    with slow.page.expect_request("**/js/shell.js"):
        slow.page.goto(course.page.url, wait_until="commit")
    slow.follow("Leaderboard")
    assert len(stage.wire.to("/panel")) == 0

    waiting[0].continue_()

    slow.shows("Leaderboard")


def test_a_form_before_the_scripts_sends_nothing_and_keeps_all(
    stage: Stage, course: CoursePage
) -> None:
    """A button pressed too early leads nowhere: not away, and not half through."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    stage.browser.route("**/js/shell.js", hold)
    slow = CoursePage(stage.browser.new_page())
    with slow.page.expect_request("**/js/shell.js"):
        iris = stage.registered.cast.iris
        slow.page.goto(stage.course_address(iris), wait_until="commit")
    zone = slow.panel.get_by_role("combobox")
    zone.fill("Asia/Tbilisi")
    asked = len(stage.wire.asked)
    slow.panel.get_by_role("button", name="Change").click()
    slow.panel.get_by_role("switch", name="Badges in this course").click()
    expect(zone).to_have_value("Asia/Tbilisi")
    assert len(stage.wire.asked) == asked

    waiting[0].continue_()
    slow.shows("Badges in this course")
    slow.panel.get_by_role("button", name="Change").click()

    expect(slow.panel.locator("#zone-why strong")).to_have_text("Asia/Tbilisi")


def test_a_reload_says_where_to_open_it_again(stage: Stage, course: CoursePage) -> None:
    """A launch is good for once: the frame cannot open it a second time (DESIGN 4)."""
    course.follow("Leaderboard")
    course.shows("Leaderboard")

    course.frame.evaluate("location.reload()")

    course.shows(AGAIN)
    assert len(stage.wire.to("/lti/launch")) == 1
    assert stage.sessions() == 1


def test_coming_back_to_the_course_page_sends_no_launch_twice(
    stage: Stage, course: CoursePage
) -> None:
    """A course page that opens the tool by itself opens it anew; no form is resent."""
    course.follow("Leaderboard")
    course.shows("Leaderboard")
    course.page.goto(f"{stage.tool}/health/live")

    course.page.go_back()

    course.shows("Hello, Ada Example")
    assert len(stage.wire.to("/lti/again")) == 1
    assert len(stage.wire.to("/lti/launch")) == stage.sessions() == 2


def test_coming_back_within_the_frame_says_where_to_open_it_again(
    stage: Stage, course: CoursePage
) -> None:
    """A step back asks for words, not for the launch's form a second time."""
    course.frame.evaluate("location.href = '/health/live'")
    course.frame.wait_for_url("**/health/live")

    course.page.evaluate("history.back()")

    course.shows(AGAIN)
    assert len(stage.wire.to("/lti/launch")) == 1


def test_a_new_tab_says_where_to_open_it(stage: Stage, course: CoursePage) -> None:
    """The address of a panel opens nothing by itself."""
    page = stage.browser.new_page()

    page.goto(course.frame.url)

    expect(page.get_by_text(AGAIN)).to_be_visible()


def test_a_launch_that_ran_out_says_so(course: CoursePage, clock: Clock) -> None:
    """After an idle hour the next click says what to do, and nothing is left."""
    clock.advance(timedelta(minutes=61))

    course.follow("Leaderboard")

    course.shows(OVER)
    expect(course.heading).to_be_focused()
    expect(course.panel.locator(".badge-card")).to_have_count(0)
    expect(course.panel.get_by_text("Open it again from your course")).to_be_visible()


def test_a_form_of_a_launch_that_ran_out_says_so_too(
    course: CoursePage, clock: Clock
) -> None:
    """What is sent too late is not half done."""
    course.follow("Leaderboard")
    course.shows("Leaderboard")
    clock.advance(timedelta(minutes=61))

    course.panel.get_by_role("button", name="Leave the board").click()

    course.shows(OVER)


def test_a_panel_that_failed_can_be_asked_for_again(
    stage: Stage, course: CoursePage
) -> None:
    """An error of ours keeps the shell, and offers to try it again."""
    rename(stage, "standing", "standing_gone")
    course.follow("Leaderboard")
    course.shows(FAILED)
    expect(course.panel.get_by_text("Something went wrong on our side")).to_be_visible()

    rename(stage, "standing_gone", "standing")
    course.panel.get_by_role("button", name="Try again").click()

    course.shows("Leaderboard")


def test_without_a_connection_the_page_says_so(
    stage: Stage, course: CoursePage
) -> None:
    """No answer at all is told apart from a bad one."""
    stage.browser.set_offline(True)
    course.follow("Leaderboard")
    course.shows(FAILED)
    expect(course.panel.get_by_text("There is no connection")).to_be_visible()

    stage.browser.set_offline(False)
    course.panel.get_by_role("button", name="Try again").click()

    course.shows("Leaderboard")


def test_what_is_not_there_says_so(course: CoursePage) -> None:
    """An old bookmark within the page leads to words, not to a blank."""
    course.frame.evaluate("location.hash = '#/badges/no-such-badge'")

    course.shows(FAILED)
    expect(course.panel.get_by_text("nothing at this address")).to_be_visible()
    expect(course.panel.get_by_role("button", name="Try again")).to_be_hidden()
    course.follow("Go to the first page")
    course.shows("Hello, Ada Example")


@pytest.mark.parametrize("route", ["/../../lti/jwks.json", "//elsewhere.example/x"])
def test_a_route_leads_to_panels_alone(
    stage: Stage, course: CoursePage, route: str
) -> None:
    """Whatever stands behind the `#`, the token goes to our panels and nowhere else."""
    course.frame.evaluate("(route) => { location.hash = '#/' + route; }", route)

    expect(course.heading).not_to_have_text("")
    expect(course.panel.locator("main")).to_have_attribute("aria-busy", "false")
    asked = [a.path for a in stage.wire.asked if "Authorization" in a.headers]
    assert [path for path in asked if not path.startswith("/panel/")] == []


def test_the_frame_grows_with_the_panel(canvas_stage: Stage) -> None:
    """Where the platform offers it there is one scroll bar, the course page's."""
    a_class(canvas_stage.session, canvas_stage.registered)

    course = canvas_stage.open(canvas_stage.registered.cast.ada)

    expect(course.page.locator("#tool")).to_have_class(re.compile(r"\bresized\b"))
    course.comes_to(FITS)


def rename(stage: Stage, table: str, name: str) -> None:
    """Take a table away from the running tool, or give it back."""
    stage.session.rollback()
    stage.session.execute(sa.text(f"ALTER TABLE {table} RENAME TO {name}"))
    stage.session.commit()
