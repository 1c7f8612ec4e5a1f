"""What an instructor decides: it is saved, or the field says why it is not."""

from playwright.sync_api import expect

from tests.browser.scenes import manage
from tests.browser.stage import Stage


def test_a_course_gets_another_time_zone(stage: Stage) -> None:
    """The field proposes places, and says what a change of the zone does."""
    course = manage(stage)
    card = course.panel.get_by_role("region", name="Time zone")
    expect(card).to_contain_text("counted anew; every badge stays")
    expect(card.locator("option[value='Asia/Tbilisi']")).to_have_count(1)

    card.get_by_role("combobox").fill("Asia/Tbilisi ")
    card.get_by_role("button", name="Change").click()

    expect(card.locator("strong")).to_have_text("Asia/Tbilisi")
    said = course.panel.locator("#toasts[role=status]")
    expect(said).to_contain_text("Time zone saved")


def test_a_zone_that_nobody_knows_is_refused_at_its_field(stage: Stage) -> None:
    """What was typed stays, is marked, and the next try is judged by itself."""
    course = manage(stage)
    card = course.panel.get_by_role("region", name="Time zone")
    field, alert = card.get_by_role("combobox"), card.get_by_role("alert")

    field.fill("Berlin")
    course.page.keyboard.press("Enter")

    expect(alert).to_contain_text("Choose one of the list, such as Europe/Berlin.")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_value("Berlin")
    expect(card.locator("strong")).to_have_text("UTC")

    field.fill("Europe/Berlin")
    course.page.keyboard.press("Enter")

    expect(card.locator("strong")).to_have_text("Europe/Berlin")
    expect(field).not_to_have_attribute("aria-invalid", "true")
