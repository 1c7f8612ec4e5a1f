"""Everything works without a mouse, shows where one is, and says what happened."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from models import SyncState
from tests.browser.scenes import (
    LEARNERS,
    STAFF,
    Scene,
    class_list,
    leaderboard_by_name,
    leaderboard_to_be_named,
    leaderboard_to_join,
    manage,
    overview,
    unlikely_roster,
)
from tests.browser.stage import CoursePage, Stage

# What the Tab key has to reach; of a group of radio buttons the chosen one.
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select")]
  .filter((one) => one.checkVisibility() && !one.disabled)
  .filter((one) => one.type !== "radio" || one.checked)
  .map((one) => one.outerHTML.slice(0, 200))"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const rings = [[one], [one, "::after"], [one.closest(".choice") ?? one]]
    .map((drawn) => getComputedStyle(...drawn))
    .map((style) => style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth));
  const { top, bottom, left, right } = one.getBoundingClientRect();
  const unseen = top < 0 || bottom > innerHeight || left < 0 || right > innerWidth + 1;
  const name = one.outerHTML.slice(0, 200);
  return { name, unmarked: Math.max(...rings) < 2, unseen };
}"""
TO_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
TOO_MANY = 100


@pytest.mark.parametrize(
    "scene",
    [*LEARNERS, *STAFF],
    ids=lambda scene: scene.__name__,
)
def test_the_tab_key_reaches_every_control_in_order(stage: Stage, scene: Scene) -> None:
    """WCAG 2.1.1 and 2.4.3: what can be clicked is reached, in the order one reads."""
    course = scene(stage)
    controls = course.frame.evaluate(CONTROLS)

    walked = walk(course)

    assert [stop["name"] for stop in walked] == controls
    assert [stop for stop in walked if stop["unmarked"] or stop["unseen"]] == []


def test_the_first_stop_skips_to_the_content(stage: Stage) -> None:
    """WCAG 2.4.1: one key leads past the tabs."""
    course = overview(stage)
    start(course)

    press(course, "Tab")
    expect(course.panel.get_by_role("link", name="Skip to the content")).to_be_focused()
    press(course, "Enter")

    expect(course.panel.locator("main")).to_be_focused()
    course.shows("Hello, Ada Example")


def test_a_badge_is_opened_and_left(stage: Stage) -> None:
    """Arriving at a panel puts the focus on its heading and says its name."""
    course = overview(stage)
    badge = course.panel.get_by_role("link", name="See what it stands for")

    badge.first.focus()
    press(course, "Enter")
    course.shows("First contribution")
    expect(course.heading).to_be_focused()
    said = course.panel.locator("#announcer")
    expect(said).to_have_text("First contribution · Laurel")

    press(course, "Shift+Tab")
    expect(course.panel.get_by_role("link", name="All badges")).to_be_focused()
    press(course, "Enter")

    course.shows("Hello, Ada Example")
    expect(course.heading).to_be_focused()


def test_a_learner_joins_the_board_and_leaves_it(stage: Stage) -> None:
    """A form says that it worked, and the panel shows it."""
    course = leaderboard_to_join(stage)
    you = course.panel.locator("tr.is-me")
    expect(you).to_have_count(0)

    course.panel.get_by_role("button", name="Join the board").focus()
    press(course, "Enter")
    says(course, "You are on the board")
    expect(you).to_have_count(1)

    course.panel.get_by_role("button", name="Leave the board").focus()
    press(course, "Space")
    says(course, "You have left the board")
    expect(you).to_have_count(0)


def test_a_learner_shows_the_own_name_and_takes_it_back(stage: Stage) -> None:
    """The name is shown by one's own choice alone, and not a moment longer."""
    course = leaderboard_to_be_named(stage)
    you = course.panel.locator("tr.is-me th")
    expect(you).not_to_contain_text("Ada Example")

    course.panel.get_by_role("button", name="Show my name").focus()
    press(course, "Enter")
    says(course, "The others read your name")
    expect(you).to_contain_text("Ada Example")
    back = course.panel.get_by_role("button", name="Show my made-up name")
    expect(back).to_be_focused()

    press(course, "Enter")
    says(course, "The others read your made-up name again")
    expect(you).not_to_contain_text("Ada Example")


def test_whoever_leaves_the_board_takes_the_name_along(stage: Stage) -> None:
    """Who joins again is there by alias until they choose anew."""
    course = leaderboard_by_name(stage)
    you = course.panel.locator("tr.is-me th")
    expect(you).to_contain_text("Ada Example")

    course.panel.get_by_role("button", name="Leave the board").focus()
    press(course, "Enter")
    expect(you).to_have_count(0)
    press(course, "Enter")
    says(course, "You are on the board")

    expect(you).to_have_count(1)
    expect(you).not_to_contain_text("Ada Example")


def test_an_instructor_flips_the_switch_and_back(stage: Stage) -> None:
    """The switch is one of the accessibility tree, and tells how it stands."""
    course = manage(stage)
    switch = course.panel.get_by_role("switch", name="Badges in this course")
    expect(switch).to_be_checked()

    switch.focus()
    press(course, "Space")
    says(course, "Badges in this course: off")
    course.shows("Recognise the work your learners do")
    expect(switch).not_to_be_checked()
    expect(course.panel.get_by_role("link", name="Leaderboard")).to_have_count(0)

    switch.focus()
    press(course, "Enter")
    says(course, "Badges in this course: on")
    course.shows("Badges in this course")


def test_an_instructor_synchronises_now(stage: Stage) -> None:
    """Asking for news says that it was asked, at once."""
    course = manage(stage)

    course.panel.get_by_role("button", name="Synchronise now").focus()
    press(course, "Enter")

    says(course, "Asked the course site for news")


def test_an_instructor_believes_an_unlikely_roster(stage: Stage) -> None:
    """It takes a second look: nothing is sent before the box is ticked."""
    course = unlikely_roster(stage)
    box = course.panel.get_by_role("checkbox", name="These people left the course")
    button = course.panel.get_by_role("button", name="Take them out")
    believed = sa.select(SyncState.accepted_at).where(SyncState.source == "roster")

    button.focus()
    press(course, "Enter")
    expect(box).to_be_focused()
    stage.session.rollback()
    early = stage.session.scalars(believed).one()
    press(course, "Space")
    button.focus()
    press(course, "Enter")
    says(course, "Asked the course site for news")

    stage.session.rollback()
    assert early is None
    assert stage.session.scalars(believed).one() is not None


def test_a_refused_form_says_why(stage: Stage) -> None:
    """What did not work is said beside the control, and nothing pretends it did."""
    course = manage(stage)
    stage.browser.set_offline(True)

    course.panel.get_by_role("button", name="Save").focus()
    press(course, "Enter")

    alert = course.panel.locator("[role=alert]").filter(has_text="no connection")
    expect(alert).to_be_visible()
    stage.browser.set_offline(False)


def test_a_person_is_looked_for(stage: Stage) -> None:
    """Enter in the search field shows who was looked for."""
    course = class_list(stage)

    course.panel.get_by_role("searchbox", name="Find a person").focus()
    course.page.keyboard.type("kwame")
    press(course, "Enter")

    names = course.panel.get_by_role("rowheader")
    expect(names).to_have_count(1)
    expect(names).to_contain_text("Kwame Asante")


def start(course: CoursePage) -> None:
    """Put the keyboard at the top of the frame."""
    course.frame.evaluate(TO_THE_TOP)


def walk(course: CoursePage) -> list[dict[str, object]]:
    """Press Tab until the frame is left; return each stop."""
    start(course)
    stops: list[dict[str, object]] = []
    for _ in range(TOO_MANY):
        press(course, "Tab")
        stop = course.frame.evaluate(FOCUSED)
        if stop is None or not course.frame.evaluate("document.hasFocus()"):
            break
        stops.append(stop)
    return stops


def press(course: CoursePage, key: str) -> None:
    course.page.keyboard.press(key)


def says(course: CoursePage, words: str) -> None:
    """Wait until a status region says this."""
    expect(course.panel.locator("#toasts[role=status]")).to_contain_text(words)
