"""The pictures of the guides: adding Laurel, step by step, as each reader sees it.

A tool and campuses of their own, by a clock that stands still: a picture changes when
its page does. This machine's addresses are shown as the ones that the guides use.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
from flask_openapi3.openapi import OpenAPI
from playwright.sync_api import Browser, FrameLocator, Locator, Page

from app import create_app
from campus.records import Course, Enrolment, Person, Role
from campus.server import serving
from campus.state import Campus
from config import ROOT, Config
from tests.support.clock import Clock
from tests.support.platform import a_campus
from tests.support.registering import an_invitation

FOLDER = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1000, 1800
"""High enough for every page: what lies below the window is not drawn in a frame."""
MARGIN = 24
ORGANISATION = "school"
TOOL_NAME = "https://laurel.example.org"
CAMPUS_NAMES = {
    "moodle": "https://moodle.example.org",
    "canvas": "https://canvas.example.org",
}
CALLED = """(names) => {
  const called = (text) => Object.entries(names).reduce(
    (said, [from, to]) => said.replaceAll(from, to), text);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) words.currentNode.data = called(words.currentNode.data);
  for (const field of document.querySelectorAll(".input")) {
    field.value = called(field.value);
  }
}"""
TALL = """(height) => new Promise((done) => {
  document.querySelector("#tool").style.cssText = `min-height: 0; height: ${height}px`;
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
BOTTOM = """() => {
  const main = document.querySelector("main");
  return main.offsetTop + main.offsetHeight;
}"""


@dataclass(frozen=True)
class Guide:
    """A tool that runs, and a browser to look at it with."""

    app: OpenAPI
    browser: Browser

    @property
    def address(self) -> str:
        return str(self.app.extensions["laurel"].public_url)

    def page(self) -> Page:
        page = self.browser.new_page(color_scheme="light")
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        return page

    def command(self, line: str) -> None:
        """Type a command as the guide has it. Raises RuntimeError if it fails."""
        done = self.app.test_cli_runner().invoke(args=line.split()[1:])
        if done.exit_code:
            raise RuntimeError(f"`{line}` failed: {done.output}")


def take(browser: Browser) -> Iterator[Path]:
    """Take every picture of the guides; yield each file that was written."""
    with _a_tool() as app:
        guide = Guide(app, browser)
        yield _by_hand(guide)
        for shape in CAMPUS_NAMES:
            with a_campus(shape, Clock()) as campus:
                yield from _added(guide, campus)


@contextmanager
def _a_tool() -> Iterator[OpenAPI]:
    """Run Laurel on a port of its own, in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = {
            "LAUREL_ENV": "development",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "INSTANCE_PATH": folder,
            "GAMIFICATION_ENABLED": "true",
        }
        app = create_app(Config.from_environment(settings))
        app.extensions["clock"] = Clock()
        with app.app_context():
            flask_migrate.upgrade()
        with serving(app, "127.0.0.1", port):
            yield app
        app.extensions["queue"].close()


def _by_hand(guide: Guide) -> Path:
    page = guide.page()
    page.goto(f"{guide.address}/lti/setup")
    page.evaluate(CALLED, {guide.address: TOOL_NAME})
    return _shot(page, page.locator("section").first, "setup")


def _added(guide: Guide, campus: Campus) -> Iterator[Path]:
    """Paste an invitation; in Moodle's shape go on to the course."""
    shape, course = campus.shape.name, _a_course(campus)
    page = guide.page()
    frame = page.frame_locator("#tool")
    secret = an_invitation(guide.app, tenant=ORGANISATION)
    page.goto(f"{campus.base_url}/tools")
    page.get_by_label("Registration address").fill(
        f"{guide.address}/lti/register/{secret}"
    )
    page.get_by_role("button", name="Register").click()
    frame.get_by_role("button", name="Done").wait_for()
    approval = frame.locator("code.command").inner_text()
    _name(page, {campus.base_url: CAMPUS_NAMES[shape], guide.address: TOOL_NAME})
    yield _framed(page, f"registered-{shape}")
    if shape == "moodle":
        frame.get_by_role("button", name="Done").click()
        page.get_by_role("button", name="Activate").click()
        guide.command(approval)
        guide.command(f"flask gamification enable --tenant {ORGANISATION}")
        yield from _in_a_course(page, campus.base_url + course)


def _a_course(campus: Campus) -> str:
    """Make a course with its teacher in it; return its path, as the teacher sees it."""
    course = campus.add_course(Course(title="Introduction to Biology", label="BIO101"))
    teacher = campus.add_person(Person(given_name="Iris", family_name="Okonjo"))
    enrolment = Enrolment(
        course=course.number, person=teacher.number, role=Role.TEACHER
    )
    campus.enrol(enrolment)
    return f"/course/{course.number}?as={teacher.number}"


def _in_a_course(page: Page, address: str) -> Iterator[Path]:
    """Open a course as its teacher, turn badges on, and pick two links."""
    frame = page.frame_locator("#tool")
    page.goto(address)
    turn_on = frame.get_by_role("button", name="Turn on badges")
    turn_on.wait_for()
    yield _framed(page, "turn-on")
    turn_on.click()
    frame.get_by_role("heading", name="Badges in this course").wait_for()
    page.get_by_role("link", name="Add an activity").click()
    # Nothing scrolls under the pointer in a frame that holds all of it.
    page.evaluate(TALL, HEIGHT)
    _pick(frame)
    yield _framed(page, "picker")


def _pick(frame: FrameLocator) -> None:
    frame.get_by_role("checkbox", name="Progress and badges").check()
    frame.get_by_role("checkbox", name="Author").check()
    frame.get_by_role("checkbox", name="Add a column").first.check()
    frame.locator("#preview .medallion").wait_for()


def _name(page: Page, names: Mapping[str, str]) -> None:
    """Call this machine's addresses what the guides call them, in the tool's frame."""
    frame = page.frame(name="tool")
    if frame is not None:
        frame.evaluate(CALLED, dict(names))


def _framed(page: Page, name: str) -> Path:
    """Take the page with all of the tool's frame, down to where that ends."""
    frame = page.frame(name="tool")
    if frame is None:
        raise RuntimeError(f"There is no tool in {page.url}.")
    page.mouse.move(0, 0)
    page.evaluate(TALL, frame.evaluate(BOTTOM))
    return _shot(page, page.locator("#tool"), name)


def _shot(page: Page, last: Locator, name: str) -> Path:
    """Take a page from its top to the end of its last part."""
    box = last.bounding_box()
    if box is None:
        raise RuntimeError(f"Nothing is seen on {page.url}.")
    height = box["y"] + box["height"] + MARGIN
    path = FOLDER / f"{name}.png"
    page.screenshot(
        path=path,
        animations="disabled",
        clip={"x": 0, "y": 0, "width": WIDTH, "height": height},
    )
    return path
