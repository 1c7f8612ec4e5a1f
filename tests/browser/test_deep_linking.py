"""A teacher adds links from inside the course, and learners open them."""

import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.classroom import a_class, a_learner
from tests.browser.scenes import adding
from tests.browser.stage import CoursePage, Stage
from tests.browser.wire import without_partitioned

TITLE = "What should learners see here?"


@pytest.fixture(params=["stage", "canvas_stage"], ids=["moodle", "canvas"])
def place(request: pytest.FixtureRequest) -> Stage:
    """Set up a campus, once of each shape."""
    stage: Stage = request.getfixturevalue(request.param)
    return stage


def choice(panel: FrameLocator | Page, label: str) -> Locator:
    """Return the box of this name, where several are taken and where one is."""
    name = re.compile(f"^{label}")
    return panel.get_by_role("checkbox", name=name).or_(
        panel.get_by_role("radio", name=name)
    )


def pick(panel: FrameLocator | Page, *labels: str) -> None:
    for label in labels:
        choice(panel, label).check()


def save(stage: Stage, course: CoursePage) -> None:
    """Moodle's form is saved by hand; Canvas goes on by itself."""
    if stage.registered.campus.shape.name == "moodle":
        course.panel.get_by_role("button", name="Save and return").click()
    course.page.wait_for_url(re.compile(r"/course/\d+\?as="))


def links(page: Page) -> list[str]:
    contents = page.get_by_role("navigation", name="Course contents")
    return contents.locator("ul").first.get_by_role("link").all_inner_texts()


def test_picked_panels_open_for_learners(place: Stage) -> None:
    """Two links at once: a panel renamed, and one badge with a column for grades."""
    context = a_class(place.session, place.registered)
    a_learner(place.session, context, place.registered.cast.ada)
    course = adding(place)
    course.shows(TITLE)

    pick(course.panel, "Badges alone", "Author")
    course.panel.get_by_label("Name of the link").first.fill("What to earn")
    choice(course.panel, "Add a column").last.check()
    course.panel.get_by_role("spinbutton", name="Points").last.fill("20")
    course.panel.get_by_role("button", name="Add 2 links to the course").click()
    save(place, course)

    assert links(course.page) == ["Your progress", "What to earn", "Badge: Author"]
    card = place.registered.campus.links(place.registered.cast.course)[-1]
    for link, heading in zip(
        place.registered.campus.links(place.registered.cast.course)[1:],
        ("Badges", "Author"),
        strict=True,
    ):
        place.open(place.registered.cast.ada, link=link).shows(heading)
    (column,) = [
        item
        for item in place.registered.campus.line_items(place.registered.cast.course)
        if item.link == card.number
    ]
    assert (column.maximum, column.tag) == (20, "laurel")
    assert column.is_made_by_tool


def test_the_preview_shows_the_courses_own_badge(stage: Stage) -> None:
    a_class(stage.session, stage.registered)
    course = adding(stage)
    course.shows(TITLE)
    preview = course.panel.get_by_label("Preview")

    choice(course.panel, "Author").focus()
    expect(preview).to_contain_text("Each learner also sees how far they are.")
    leaderboard = course.panel.get_by_text("Points side by side")
    for x in (5, 25):
        leaderboard.hover(position={"x": x, "y": 5})

    expect(preview).to_contain_text("The leaderboard is off in this course")


def test_all_of_it_works_by_keyboard(place: Stage) -> None:
    a_class(place.session, place.registered)
    course = adding(place)
    course.shows(TITLE)
    keys = course.page.keyboard

    choice(course.panel, "Progress and badges").focus()
    keys.press("Space")
    for _ in range(20):
        keys.press("Tab")
        if course.frame.evaluate("document.activeElement.dataset.part") == "title":
            break
    keys.press("ControlOrMeta+a")
    keys.type("My way")
    keys.press("Enter")
    if place.registered.campus.shape.name == "moodle":
        button = course.panel.get_by_role("button", name="Save and return")
        button.focus()
        keys.press("Enter")

    course.page.wait_for_url(re.compile(r"/course/\d+\?as="))
    assert links(course.page) == ["Your progress", "My way"]


def test_nothing_chosen_is_said_and_cancel_adds_nothing(place: Stage) -> None:
    course = adding(place)
    course.shows(TITLE)

    course.panel.get_by_role("button", name="Add to the course").click()
    expect(course.panel.get_by_role("alert")).to_have_text(
        "Choose something first, or cancel."
    )
    course.panel.get_by_role("button", name="Cancel").click()

    course.page.wait_for_url(re.compile(r"/course/\d+\?as="))
    assert links(course.page) == ["Your progress"]


def test_where_one_link_is_taken_one_is_chosen(canvas_stage: Stage) -> None:
    course = adding(canvas_stage, query="placement=assignment_selection")
    course.shows(TITLE)

    for label in ("Badges alone", "Leaderboard"):
        pick(course.panel, label)
    course.panel.get_by_role("button", name="Add to the course").click()

    course.page.wait_for_url(re.compile(r"/course/\d+\?as="))
    assert links(course.page) == ["Your progress", "Leaderboard"]


def test_a_field_left_empty_is_pointed_at(stage: Stage) -> None:
    course = adding(stage)
    course.shows(TITLE)
    pick(course.panel, "Leaderboard")
    name = course.panel.get_by_label("Name of the link")
    alert = course.panel.get_by_role("alert")

    name.fill(" ")
    course.panel.get_by_role("button", name="Add to the course").click()
    expect(alert).to_have_text("Please give it a name.")
    expect(name).to_be_focused()
    name.fill("Board")
    choice(course.panel, "Add a column").check()
    course.panel.get_by_role("spinbutton", name="Points").fill("0.5")
    course.panel.get_by_role("button", name="Add to the course").click()

    expect(alert).to_have_text("Points are a whole number from 1 to 10000.")


def test_the_picker_proves_itself_by_platform_storage(canvas_stage: Stage) -> None:
    """Without any cookie in the frame: the same proofs as every launch."""
    canvas_stage.wire.bends.append(without_partitioned)

    adding(canvas_stage).shows(TITLE)

    assert len(canvas_stage.wire.to("/lti/launch/finish")) == 1


def test_the_picker_works_in_a_window_of_its_own(stage: Stage) -> None:
    """A frame that keeps nothing offers a window, and links can be picked there."""
    stage.wire.bends.append(without_partitioned)
    course = adding(stage)
    window = course.panel.get_by_role("link", name="Open in a new window")
    with stage.browser.expect_page() as opened:
        window.click()
    page = opened.value

    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("This is a window of its own.")).to_be_visible()
    pick(page, "Leaderboard")
    page.get_by_role("button", name="Add to the course").click()
    page.get_by_role("button", name="Save and return").click()

    page.wait_for_url(re.compile(r"/course/\d+\?as="))
    assert links(page) == ["Your progress", "Leaderboard"]
