"""`make screenshots`: every panel as it looks, from a demo of its own.

The pictures of the README and the guides are written to docs/images, and one of each
panel in three widths, light and dark, to instance/screenshots, to be looked at before
a release. `--guides` takes those of the guides alone.
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.support import guide_pictures
from tests.support.chromium import chromium
from tests.support.demo import ROOT
from tests.support.running_demo import running_demo
from tests.support.visitor import Visitor

PICTURE = ROOT / "docs" / "images" / "panel.png"
GALLERY = ROOT / "instance" / "screenshots"
WIDTHS = (380, 768, 1200)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WHOLE: ViewportSize = {"width": 1200, "height": 1000}
"""So wide that the shipped badges stand in one row; as tall as the panel is."""
EDGE = 24
WEEKS_PASSED = 2
LOOKS, BETWEEN_LOOKS = 30, 2_000
"""How often, and every how many milliseconds, to see whether the worker is done."""

LEARNER = ("overview", "badges/contributor", "badges/prolific", "leaderboard")
TEACHER = ("manage", "class", "badges", "leaderboard")
SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  do { await frame(); await frame(); } while (document.getAnimations().length);
}"""


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-quic"]
        )
        for file in guide_pictures.take(browser):
            print(file)
        if "--guides" not in sys.argv:
            for file in _panels(browser):
                print(file)
        browser.close()


def _panels(browser: Browser) -> Iterator[Path]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "demo") as demo,
    ):
        yield from _all(browser, demo.address)


def _all(browser: Browser, learner: str) -> Iterator[Path]:
    """Take every picture; the course is switched off for the last ones."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    teacher = learner.partition("?")[0]
    _synchronise(_in_a_window(browser, teacher))
    # On a first visit the badges of the last day are new.
    yield _course_page(browser, learner)
    _let_weeks_pass(teacher)
    manage = _in_a_window(browser, teacher)
    _synchronise(manage)
    yield from _gallery(_in_a_window(browser, learner), "learner", LEARNER)
    yield from _gallery(manage, "teacher", TEACHER)
    _turn(manage, "manage")
    manage.get_by_role("switch", name="Badges in this course").click()
    manage.get_by_role("button", name="Turn on badges").wait_for()
    yield from _gallery(manage, "teacher-off", ("manage",))
    yield from _gallery(_in_a_window(browser, learner), "learner-off", ("overview",))


def _let_weeks_pass(course: str) -> None:
    visitor = Visitor()
    for _ in range(WEEKS_PASSED):
        visitor.submit(visitor.get(course).form_to(f"{course}/next-week"))


def _in_a_window(browser: Browser, course: str) -> Page:
    """Open the tool outside of the course page: there it is as wide as we like."""
    page = browser.new_page()
    page.goto(f"{course}{'&' if '?' in course else '?'}open=window")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="in a new window").click()
    opened.value.locator("main h1").wait_for()
    return opened.value


def _synchronise(manage: Page) -> None:
    """Ask for news, and look again until roster and results have both arrived."""
    manage.get_by_role("button", name="Synchronise now").click()
    fresh = manage.locator(".sources .chip.is-good", has_text="just now")
    for _ in range(LOOKS):
        manage.wait_for_timeout(BETWEEN_LOOKS)
        _turn(manage, "manage")
        if fresh.count() == 2:
            return
    raise RuntimeError("The worker fetched no news.")


def _course_page(browser: Browser, address: str) -> Path:
    page = browser.new_page(viewport=WHOLE)
    page.goto(address)
    # The panel is there when its own heading is, and has celebrated what is new.
    panel = page.frame_locator("iframe[name=tool]").locator("main h1")
    panel.wait_for()
    panel.evaluate(SETTLED)
    tall = panel.evaluate("() => document.documentElement.scrollHeight")
    frame = page.locator("iframe[name=tool]")
    frame.evaluate("(frame, tall) => { frame.style.height = `${tall}px`; }", tall)
    end = page.locator("section:has(> iframe[name=tool])").bounding_box()
    assert end
    page.set_viewport_size({**WHOLE, "height": round(end["y"] + end["height"]) + EDGE})
    panel.evaluate(SETTLED)
    page.screenshot(path=PICTURE)
    page.close()
    return PICTURE


def _gallery(page: Page, who: str, routes: tuple[str, ...]) -> Iterator[Path]:
    for route in routes:
        _turn(page, route)
        for width, scheme in product(WIDTHS, SCHEMES):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            name = f"{who}-{route.replace('/', '-')}-{width}-{scheme}.png"
            page.screenshot(path=GALLERY / name, full_page=True)
            yield GALLERY / name


def _turn(page: Page, route: str) -> None:
    """Go to a panel, anew even if it is the one that is shown."""
    with page.expect_response(f"**/panel/{route}*"):
        page.evaluate(
            "(route) => { location.hash = `#/${route}?${performance.now()}`; }", route
        )
    page.locator("main[aria-busy=false]").wait_for()


if __name__ == "__main__":
    main()
