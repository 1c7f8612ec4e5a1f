"""The second and third proof, for browsers that keep no cookie in a frame."""

from playwright.sync_api import Page, expect

from tests.browser.classroom import a_class
from tests.browser.stage import CoursePage, Stage
from tests.browser.wire import without_cookies, without_partitioned

STORED = """async ([frame, origin, key]) => new Promise((resolve) => {
  addEventListener("message", ({ data }) => resolve(data));
  const message = { subject: "lti.get_data", message_id: "m", key };
  parent.frames[frame].postMessage(message, origin);
})"""
STATES = 'Object.keys(localStorage).filter((key) => key.startsWith("lti_state_"))'


def test_the_platforms_storage_proves_a_launch(canvas_stage: Stage) -> None:
    """Without any cookie of its own the launch opens over lti-pm-s (Canvas)."""
    a_class(canvas_stage.session, canvas_stage.registered)
    canvas_stage.wire.bends.append(without_partitioned)

    course = canvas_stage.open(canvas_stage.registered.cast.ada)

    course.shows("Hello, Ada Example")
    assert len(canvas_stage.wire.to("/lti/launch/finish")) == 1
    assert [asked.cookies for asked in canvas_stage.wire.asked if asked.cookies] == []
    assert canvas_stage.sessions() == 1


def test_an_old_platform_stores_in_its_page(canvas_stage: Stage) -> None:
    """`lti_storage_target=_parent` means the course page itself."""
    a_class(canvas_stage.session, canvas_stage.registered)
    canvas_stage.registered.campus.quirks.storage_target = "_parent"
    canvas_stage.wire.bends.append(without_partitioned)

    course = canvas_stage.open(canvas_stage.registered.cast.ada)

    course.shows("Hello, Ada Example")


def test_what_the_platform_stored_is_taken_away(canvas_stage: Stage) -> None:
    """After the launch the state is gone from the platform's storage."""
    canvas_stage.wire.bends.append(without_partitioned)
    course = canvas_stage.open(canvas_stage.registered.cast.ada)
    course.shows("Nothing to see here yet")

    assert stored_by_the_platform(canvas_stage, course) is None


def test_a_state_that_was_not_needed_is_in_the_platforms_storage(
    canvas_stage: Stage,
) -> None:
    """The question of the test before has an answer where there is something."""
    course = canvas_stage.open(canvas_stage.registered.cast.ada)
    course.shows("Nothing to see here yet")

    (state,) = canvas_stage.states()

    assert stored_by_the_platform(canvas_stage, course) == state


def test_own_storage_proves_a_launch_where_scripts_may_store(stage: Stage) -> None:
    """Without a cookie, but in a window of its own, localStorage does."""
    stage.wire.bends.append(without_cookies)
    page = open_in_a_window(stage)

    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to see here yet")

    assert len(stage.wire.to("/lti/launch/finish")) == 1
    assert page.evaluate(STATES) == []
    assert stage.browser.cookies() == []


def open_in_a_window(stage: Stage) -> Page:
    """Open the tool the way a link does that a course opens in a new window."""
    page = stage.browser.new_page()
    address = stage.course_address(stage.registered.cast.ada)
    page.goto(f"{address}&open=window")
    with stage.browser.expect_page() as opened:
        page.get_by_role("button", name="in a new window").click()
    return opened.value


def stored_by_the_platform(stage: Stage, course: CoursePage) -> str | None:
    """Ask the platform, from the tool's frame, for the state of the only login."""
    (key,) = stage.proof_keys()
    asked = ["post_message_forwarding", stage.registered.campus.base_url, key]
    answer = course.frame.evaluate(STORED, asked)
    value: str | None = answer["value"]
    return value
