"""A new badge is celebrated where it is first seen, and calmly shown from then on."""

from playwright.sync_api import expect

from tests.browser.classroom import a_class, a_learner, works
from tests.browser.scenes import as_ada, overview, turned_to
from tests.browser.stage import Stage


def test_a_new_badge_is_celebrated_once_in_a_launch(stage: Stage) -> None:
    """Coming back to the overview shows the badge still, and makes no show of it."""
    course = overview(stage)
    won = course.panel.locator(".is-won")
    expect(won).to_contain_text("First contribution")
    expect(won).to_contain_class("celebrates")

    turned_to(course, "badges/first_contribution", "First contribution")
    turned_to(course, "overview", "Hello, Ada Example")

    expect(won).to_contain_text("First contribution")
    expect(won).not_to_contain_class("celebrates")


def test_a_badge_that_is_earned_meanwhile_is_celebrated_too(stage: Stage) -> None:
    """What was not there the last time is news, however long the page is open."""
    context = a_class(stage.session, stage.registered)
    ada = a_learner(stage.session, context, stage.registered.cast.ada)
    course = as_ada(stage)
    won = course.panel.locator(".is-won")
    expect(won).to_have_count(0)

    works(stage.session, context, {ada.id: 1})
    turned_to(course, "overview?again", "Hello, Ada Example")

    expect(won).to_contain_class("celebrates")


def test_a_celebration_comes_to_an_end(stage: Stage) -> None:
    """WCAG 2.2.2: nothing moves for longer than a moment."""
    course = overview(stage)
    expect(course.panel.locator(".is-won")).to_contain_class("celebrates")

    course.comes_to("document.getAnimations().length === 0")

    expect(course.panel.locator(".is-won")).to_be_visible()
