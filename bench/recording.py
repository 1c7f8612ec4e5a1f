"""What a real Chromium fetches from the tool until the badges are on the screen."""

from collections.abc import Sequence

from playwright.sync_api import Request, Response, sync_playwright

from bench.browser import Failed, Fetch, Recording
from tests.support.chromium import chromium

BADGE = ".badge-grid > li"
PATIENCE_MS = 20_000
# The client's own business; everything else is sent again as it was.
LEFT_OUT = {"cookie", "content-length", "host", "connection", "content-type"}


def record(course_page: str, tool: str) -> Recording:
    """Open a course page, wait for its badges, and return what the tool was asked.

    Raises Failed when the panel does not come. The page's own favicon, which a frame
    never shows, is not asked for.
    """
    answers: list[Response] = []

    # Playwright cannot listen by a list's own method.
    def note(answer: Response) -> None:
        answers.append(answer)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.on("response", note)
        page.goto(course_page)
        panel = page.frame_locator("iframe[name=tool]")
        panel.locator(BADGE).first.wait_for(timeout=PATIENCE_MS)
        page.wait_for_load_state("networkidle")
        ours = [answer for answer in answers if answer.url.startswith(f"{tool}/")]
        fetches = [(answer.request, _fetch(answer, tool)) for answer in ours]
        browser.close()
    return _in_order(fetches)


def _fetch(answer: Response, tool: str) -> Fetch:
    headers = {
        name: value
        for name, value in answer.request.all_headers().items()
        if name not in LEFT_OUT and not name.startswith(":")
    }
    control = answer.all_headers().get("cache-control", "")
    return Fetch(answer.url.removeprefix(tool), headers, "immutable" in control)


def _in_order(fetches: Sequence[tuple[Request, Fetch]]) -> Recording:
    posts = [n for n, (request, _) in enumerate(fetches) if request.method == "POST"]
    if len(posts) != 2 or posts[0] != 0:
        raise Failed(f"Not a login and a launch: {[fetch for _, fetch in fetches]}")
    found = [fetch for _, fetch in fetches]
    launch = posts[1]
    page = launch + 1
    while page < len(found) and fetches[page][0].redirected_from is not None:
        page += 1
    return Recording(
        login=found[0],
        after_login=found[1:launch],
        launch=found[launch],
        after_launch=found[page:],
        redirects=found[launch + 1 : page],
    )
