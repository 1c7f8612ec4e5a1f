"""C10b: where a frame may keep nothing, a window, before anybody was asked."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.classroom import a_class
from tests.browser.stage import CoursePage, Stage
from tests.browser.wire import without_partitioned

pytestmark = pytest.mark.conformance


def test_c10b_the_way_out_is_on_the_login_page(stage: Stage) -> None:
    """Moodle's hint is good for once: it must not be spent in the frame."""
    course = open_where_nothing_is_kept(stage)

    expect(way_out(course)).to_be_visible()

    assert course.frame.url.startswith(f"{stage.tool}/lti/login")
    assert stage.registered.campus.traffic.count("authorize") == 0
    assert stage.sessions() == 0
    expect(course.panel.get_by_role("link", name="Continue")).to_be_hidden()


def test_c10b_the_launch_succeeds_in_the_window(stage: Stage) -> None:
    """In a window of its own the cookie is a first-party one."""
    a_class(stage.session, stage.registered)

    page = follow(stage, open_where_nothing_is_kept(stage))

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ada Example")
    assert stage.registered.campus.traffic.count("authorize") == 1
    assert stage.sessions() == 1
    assert stage.wire.to("/lti/launch/finish") == []


def test_c10b_the_window_knows_nobody(stage: Stage) -> None:
    """The course page cannot reach into the window, nor the window into it."""
    page = follow(stage, open_where_nothing_is_kept(stage))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert page.evaluate("window.opener") is None


def test_c10b_a_platform_that_promises_and_does_not_answer(canvas_stage: Stage) -> None:
    """Canvas's mobile apps name a storage and answer nothing: the window it is."""
    canvas_stage.registered.campus.quirks.storage_answers = False

    page = follow(canvas_stage, open_where_nothing_is_kept(canvas_stage))

    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to see here yet")


def test_c10b_the_way_out_is_reached_by_keyboard(stage: Stage) -> None:
    """The only control is the next one of the Tab key, and Enter opens the window."""
    course = open_where_nothing_is_kept(stage)
    expect(way_out(course)).to_be_visible()
    course.panel.locator("body").click()

    course.page.keyboard.press("Tab")
    expect(way_out(course)).to_be_focused()
    with stage.browser.expect_page() as opened:
        course.page.keyboard.press("Enter")

    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()


def open_where_nothing_is_kept(stage: Stage) -> CoursePage:
    stage.wire.bends.append(without_partitioned)
    return stage.open(stage.registered.cast.ada)


def way_out(course: CoursePage) -> Locator:
    return course.panel.get_by_role("link", name="Open in a new window")


def follow(stage: Stage, course: CoursePage) -> Page:
    with stage.browser.expect_page() as opened:
        way_out(course).click()
    return opened.value
