"""The first proof: a Partitioned cookie, on a platform that offers nothing (Moodle)."""

from playwright.sync_api import expect

from tests.browser.classroom import a_class
from tests.browser.stage import Stage
from tests.browser.wire import without_partitioned

READ_STORAGE = """() => {
  try { return JSON.stringify({...localStorage, ...sessionStorage}); }
  catch (error) { return error.name; }
}"""


def test_a_learner_opens_the_panel_in_the_frame(stage: Stage) -> None:
    """A launch in a cross-site frame needs no third-party cookie (DESIGN 1.3)."""
    a_class(stage.session, stage.registered)

    course = stage.open(stage.registered.cast.ada)

    course.shows("Hello, Ada Example")
    expect(course.panel.locator(".badge-card")).to_have_count(5)
    assert stage.wire.to("/lti/launch/finish") == []
    assert stage.sessions() == 1


def test_the_login_sets_partitioned_cookies_alone(stage: Stage) -> None:
    """Every cookie is Secure, SameSite=None and Partitioned; the proof is HttpOnly."""
    course = stage.open(stage.registered.cast.ada)
    expect(course.heading).to_be_visible()

    for cookie in stage.wire.cookies_set:
        attributes = set(cookie.split("; "))
        assert {"Secure", "SameSite=None", "Partitioned", "Path=/lti"} <= attributes
        assert ("HttpOnly" in attributes) == cookie.startswith("lti_state_")
    assert len(stage.wire.cookies_set) == 4
    assert stage.browser.cookies() == []


def test_no_storage_of_scripts_is_needed(stage: Stage) -> None:
    """The frame's scripts may not store anything here, and the launch works."""
    course = stage.open(stage.registered.cast.ada)
    expect(course.heading).to_be_visible()

    assert course.frame.evaluate(READ_STORAGE) == "SecurityError"


def test_a_cookie_that_is_not_partitioned_is_not_kept(stage: Stage) -> None:
    """The browser of these tests blocks third-party cookies indeed."""
    stage.wire.bends.append(without_partitioned)
    course = stage.open(stage.registered.cast.ada)
    window = course.panel.get_by_role("link", name="Open in a new window")
    expect(window).to_be_visible()

    assert len(stage.wire.cookies_set) == 2
    assert stage.browser.cookies() == []
    course.frame.goto(f"{stage.tool}/lti/jwks.json")
    assert [asked.cookies for asked in stage.wire.asked if asked.cookies] == []


def test_panels_open_without_any_cookie(stage: Stage) -> None:
    """Nothing that a launch opens uses a cookie (DESIGN 1.3)."""
    a_class(stage.session, stage.registered)
    course = stage.open(stage.registered.cast.iris)
    course.shows("Badges in this course")
    stage.browser.clear_cookies()

    course.panel.get_by_role("link", name="Badges", exact=True).click()

    course.shows("What learners can earn")
    assert [asked.cookies for asked in stage.wire.to("/panel")] == [""]
    assert [asked.cookies for asked in stage.wire.to("/static") if asked.cookies] == []


def test_two_people_in_two_tabs_stay_apart(stage: Stage) -> None:
    """Each page acts for the person it was opened for (security table F8)."""
    a_class(stage.session, stage.registered)
    cast = stage.registered.cast
    ada, iris = stage.open(cast.ada), stage.open(cast.iris)
    expect(ada.heading).to_be_visible()
    expect(iris.heading).to_be_visible()

    for course in (ada, iris):
        course.frame.evaluate("location.hash = '#/manage'")

    iris.shows("Badges in this course")
    expect(ada.panel.get_by_text("for the teachers of the course")).to_be_visible()
