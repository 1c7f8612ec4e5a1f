"""A teacher comes from a place that takes no links to tools, and goes back to it."""

import re

import pytest
from playwright.sync_api import expect

from campus.records import Launch
from campus.state import Campus
from campus.tokens import Claims
from tests.browser.scenes import adding
from tests.browser.stage import CoursePage, Stage
from tests.browser.test_registration import LOOKS, seen
from tests.browser.wire import without_partitioned

TITLE = "Nothing can be added from here"
WHY = "Laurel added nothing: this place in your course takes no links to tools."


@pytest.fixture(params=["stage", "canvas_stage"], ids=["moodle", "canvas"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Set up a campus, once of each shape, that wants files."""
    stage: Stage = request.getfixturevalue(request.param)
    wants_files(stage.registered.campus, monkeypatch)
    return stage


def wants_files(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = campus.shape.linking_settings

    def said(campus: Campus, launch: Launch) -> Claims:
        return {**settings(campus, launch), "accept_types": ["file"]}

    monkeypatch.setattr(campus.shape, "linking_settings", said)


def goes_back(course: CoursePage) -> None:
    """Go back to the course, by what the platform makes of the answer."""
    course.panel.get_by_role("button", name="Back to the course").press("Enter")
    expect(course.panel.get_by_text(WHY)).to_be_visible()
    course.panel.get_by_role("button", name="Back to the course").click()
    course.page.wait_for_url(re.compile(r"/course/\d+\?as="))


def test_the_course_says_why_nothing_was_added(place: Stage) -> None:
    campus, cast = place.registered.campus, place.registered.cast
    before = campus.links(cast.course)
    course = adding(place)
    course.shows(TITLE)

    goes_back(course)

    assert campus.links(cast.course) == before


def test_the_page_has_no_fault_that_machines_see(place: Stage) -> None:
    course = adding(place)
    course.shows(TITLE)

    faults = {look: seen(course.page, course.frame, look) for look in LOOKS}

    assert {look: found for look, found in faults.items() if found} == {}


def test_a_launch_that_is_over_is_said(place: Stage) -> None:
    course = adding(place)
    course.shows(TITLE)
    course.frame.evaluate(
        "window.fetch = async () => new Response('', { status: 401 })"
    )

    course.panel.get_by_role("button", name="Back to the course").click()

    expect(course.panel.get_by_role("alert")).to_contain_text("open for a long time")


def test_a_window_of_its_own_leads_back_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants_files(stage.registered.campus, monkeypatch)
    stage.wire.bends.append(without_partitioned)
    course = adding(stage)
    with stage.browser.expect_page() as opened:
        course.panel.get_by_role("link", name="Open in a new window").click()
    page = opened.value

    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("This is a window of its own.")).to_be_visible()
    page.get_by_role("button", name="Back to the course").click()

    expect(page.get_by_text(WHY)).to_be_visible()
