"""What machines can tell of WCAG 2.2 AA, on every page, narrow and wide, light and dark."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame

from tests.browser.chrome import PAINTED, PATIENCE
from tests.browser.scenes import ALL, Scene, off
from tests.browser.stage import CoursePage, Stage

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """(rules) => axe.run({ runOnly: rules, resultTypes: ["violations"] })"""
# Schemes differ in colours alone: only those are looked at twice.
RULES: dict[Literal["light", "dark"], list[str]] = {
    "light": TAGS,
    "dark": ["color-contrast"],
}
WIDTHS = (380, 768, 1200)
# A frame on another site hears of the new look a moment after its page, and colours
# on their way from one scheme to the other are not to be judged.
LOOKS_SO = """async ([width, scheme]) => {
  const patience = performance.now() + PATIENCE;
  const frame = async () => {
    if (performance.now() > patience) {
      throw Error(`${innerWidth} wide and not ${width}, not ${scheme}, or moving`);
    }
    await PAINTED;
  };
  const so = () => matchMedia(`(prefers-color-scheme: ${scheme})`).matches
    && innerWidth === width;
  do { await frame(); } while (!so());
  do { await frame(); } while (document.getAnimations().length);
}""".replace("PATIENCE", str(PATIENCE)).replace("PAINTED", PAINTED)


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.__name__)
def test_a_page_has_no_fault_that_machines_see(stage: Stage, scene: Scene) -> None:
    """WCAG 2.2 AA and axe's best practices; nobody scrolls to the side (1.4.10)."""
    course = scene(stage)
    course.frame.evaluate(AXE_SCRIPT)

    faults = {look: violations(course.frame, rules) for look, rules in looks(course)}

    assert {look: found for look, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        ("document.querySelector('h1').append(new Image())", "image-alt"),
    ],
)
def test_axe_sees_what_is_wrong(stage: Stage, change: str, rule: str) -> None:
    """The check above fails where there is a fault."""
    course = off(stage)
    course.frame.evaluate(AXE_SCRIPT)
    assert violations(course.frame, TAGS) == []

    course.frame.evaluate(change)

    assert [one for one in violations(course.frame, TAGS) if rule in one]


def looks(course: CoursePage) -> Iterator[tuple[str, list[str]]]:
    """Show a page in every width and scheme, one after the other."""
    for width, (scheme, rules) in product(WIDTHS, RULES.items()):
        course.page.set_viewport_size({"width": width, "height": 900})
        course.page.emulate_media(color_scheme=scheme)
        inside = course.page.locator("#tool").evaluate("frame => frame.clientWidth")
        course.frame.evaluate(LOOKS_SO, [inside, scheme])
        yield f"{width} {scheme}", rules


def violations(frame: Frame, rules: list[str]) -> list[str]:
    """Return each fault with the elements that have it."""
    result: dict[str, Any] = frame.evaluate(RUN, rules)
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
