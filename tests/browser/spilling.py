"""What reaches over the sides of a narrow frame."""

from tests.browser.stage import CoursePage

# What is there for screen readers alone, or drawn over the edge on purpose.
ASIDE = ".visually-hidden, .skip, .class-list thead, svg[aria-hidden]"
SPILLS = """(aside) => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(aside))
  .filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1);
  })
  .map((one) => one.outerHTML.slice(0, 120))"""
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def narrow(course: CoursePage) -> None:
    """Make the window narrow, and wait until the frame has followed."""
    course.page.set_viewport_size({"width": 380, "height": 900})
    course.comes_to("innerWidth <= 380")


def spilled(course: CoursePage) -> list[str]:
    """Return what reaches over the frame's sides; the whole page if it scrolls."""
    spills: list[str] = course.frame.evaluate(SPILLS, ASIDE)
    return spills + (["the page scrolls"] if course.frame.evaluate(SCROLLS) else [])
