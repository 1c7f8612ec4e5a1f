"""From the paste to a picked panel, as people do it (case E6)."""

import re

import pytest
import sqlalchemy as sa
from axe_playwright_python.base import AXE_SCRIPT
from flask_openapi3.openapi import OpenAPI
from playwright.sync_api import Frame, FrameLocator, Page, expect
from sqlalchemy.orm import Session

from campus.records import Course, Enrolment, Person, Role
from campus.state import Campus
from models import Registration
from tests.browser.conftest import NewBrowser
from tests.browser.test_accessibility import LOOKS_SO, TAGS, violations
from tests.support.clock import Clock
from tests.support.platform import a_campus
from tests.support.registering import an_invitation

LOOKS = [(380, "light"), (380, "dark"), (1200, "light"), (1200, "dark")]


@pytest.mark.parametrize("shape", ["moodle", "canvas"])
def test_a_paste_an_approval_a_launch_and_a_picked_panel(
    app: OpenAPI,
    served: str,
    new_browser: NewBrowser,
    session: Session,
    clock: Clock,
    shape: str,
) -> None:
    with a_campus(shape, clock) as campus:
        course, teacher, learner = a_course(campus)
        page = new_browser().new_page()

        paste(page, campus, f"{served}/lti/register/{an_invitation(app)}")
        frame = page.frame_locator("#tool")
        expect(frame.get_by_role("heading", level=1)).to_contain_text("two steps")
        command = frame.locator("code").inner_text()
        frame.get_by_role("button", name="Done").click()
        page.get_by_role("button", name="Activate").click()
        expect(page.get_by_text("active", exact=True)).to_be_visible()
        address = f"{campus.base_url}/course/{course.number}?as={teacher.number}"
        page.goto(address)
        expect(frame.get_by_role("heading", level=1)).to_have_text(
            "This platform waits for approval"
        )
        approved = let_in(app, command)
        page.goto(address)
        turn_on(frame)
        pick_badges(page, frame, shape)
        picked = campus.links(course)[-1]
        page.goto(
            f"{campus.base_url}/course/{course.number}"
            f"?as={learner.number}&link={picked.number}"
        )
        expect(frame.get_by_role("heading", level=1)).to_have_text("Badges")
        expect(frame.get_by_text("First contribution", exact=True)).to_be_visible()

    session.rollback()
    row = session.scalars(sa.select(Registration)).one()
    assert approved.endswith(f"{row.public_id} is active\n")
    assert row.last_launch_at is not None


@pytest.mark.parametrize("shape", ["moodle", "canvas"])
def test_the_page_in_the_frame_has_no_fault_that_machines_see(
    app: OpenAPI, served: str, new_browser: NewBrowser, clock: Clock, shape: str
) -> None:
    with a_campus(shape, clock) as campus:
        page = new_browser().new_page()
        paste(page, campus, f"{served}/lti/register/{an_invitation(app)}")
        expect(
            page.frame_locator("#tool").get_by_role("button", name="Done")
        ).to_be_visible()
        frame = page.frame(name="tool")
        assert frame is not None

        faults = {look: seen(page, frame, look) for look in LOOKS}

    assert {look: found for look, found in faults.items() if found} == {}


@pytest.mark.parametrize("path", ["setup", "register/{secret}", "register/none"])
def test_a_page_for_administrators_has_no_fault_that_machines_see(
    app: OpenAPI, served: str, new_browser: NewBrowser, path: str
) -> None:
    page = new_browser().new_page()
    page.goto(f"{served}/lti/{path.format(secret=an_invitation(app))}")

    faults = {look: seen(page, page.main_frame, look) for look in LOOKS}

    assert {look: found for look, found in faults.items() if found} == {}


def test_a_value_is_copied_by_its_button(
    app: OpenAPI, served: str, new_browser: NewBrowser
) -> None:
    browser = new_browser(permissions=["clipboard-read", "clipboard-write"])
    page = browser.new_page()
    page.goto(f"{served}/lti/setup")

    page.get_by_role("button", name="Copy Tool URL").press("Enter")
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()

    assert page.evaluate("navigator.clipboard.readText()") == f"{served}/lti/launch"


def a_course(campus: Campus) -> tuple[Course, Person, Person]:
    """Make a course with a teacher and a learner; no tool is there yet."""
    course = campus.add_course(Course(title="Demo 101", label="DEMO101"))
    teacher = campus.add_person(Person(given_name="Iris", family_name="Example"))
    learner = campus.add_person(Person(given_name="Ada", family_name="Example"))
    for person, role in ((teacher, Role.TEACHER), (learner, Role.STUDENT)):
        campus.enrol(Enrolment(course=course.number, person=person.number, role=role))
    return course, teacher, learner


def let_in(app: OpenAPI, command: str) -> str:
    """Type the line of the page, and what its answer says is next; return that."""
    approved = app.test_cli_runner().invoke(args=command.split()[1:])
    (enable,) = re.findall(r"`flask (gamification enable .*)`", approved.stderr)
    app.test_cli_runner().invoke(args=enable.split())
    return approved.stdout


def turn_on(frame: FrameLocator) -> None:
    """Turn badges on as the teacher of a course that never had them."""
    heading = frame.get_by_role("heading", level=1)
    expect(heading).to_have_text("Recognise the work your learners do")
    frame.get_by_role("button", name="Turn on badges").click()
    expect(heading).to_have_text("Badges in this course")


def pick_badges(page: Page, frame: FrameLocator, shape: str) -> None:
    """Add the panel of badges to a course, as its teacher does on its page."""
    page.get_by_role("link", name="Add an activity").click()
    several = frame.get_by_role("checkbox", name="Badges alone")
    several.or_(frame.get_by_role("radio", name="Badges alone")).check()
    frame.get_by_role("button", name="to the course").click()
    if shape == "moodle":
        frame.get_by_role("button", name="Save and return").click()
    page.wait_for_url(re.compile(r"/course/\d+\?as="))


def paste(page: Page, campus: Campus, address: str) -> None:
    page.goto(f"{campus.base_url}/tools")
    page.get_by_label("Registration address").fill(address)
    page.get_by_role("button", name="Register").click()


def seen(page: Page, frame: Frame, look: tuple[int, str]) -> list[str]:
    """Return the faults of one look, and whether somebody must scroll to the side."""
    width, scheme = look
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if frame != page.main_frame:
        width = page.locator("#tool").evaluate("frame => frame.clientWidth")
    frame.evaluate(LOOKS_SO, [width, scheme])
    frame.evaluate(AXE_SCRIPT)
    wide = frame.evaluate("document.documentElement.scrollWidth > innerWidth")
    return violations(frame, TAGS) + ["scrolls to the side"] * wide
