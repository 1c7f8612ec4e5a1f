"""The campus's platform storage and frame sizes, as a tool in its page sees them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, Page

from campus import seeding
from campus.records import Tool
from campus.server import running, serving
from campus.state import Campus

ASK = """async ([frame, origin, message]) => new Promise((resolve) => {
    addEventListener("message", ({ data, origin }) => resolve({ data, origin }));
    (frame ? parent.frames[frame] : parent).postMessage(message, origin);
    setTimeout(() => resolve(null), 700);
})"""
CAPABILITIES = {"subject": "lti.capabilities", "message_id": "m"}
FORWARDING = "post_message_forwarding"


@dataclass(frozen=True)
class Opened:
    """A course page with a tool in its frame."""

    campus: Campus
    page: Page

    @property
    def tool(self) -> Frame:
        frame = self.page.frame("tool")
        assert frame is not None
        return frame

    def ask(self, message: Mapping[str, object], frame: str | None = FORWARDING) -> Any:  # noqa: ANN401 -- what came back
        """Send a message from the tool; return the answer's data, None if none."""
        origin = self.campus.base_url
        answer = self.tool.evaluate(ASK, [frame, origin, message])
        if answer is None:
            return None
        assert answer["origin"] == origin
        return answer["data"]


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Serve a page that is no tool of the campus."""
    with serving(_blank_tool(), "127.0.0.1") as port:
        yield f"http://127.0.0.1:{port}/lti/login"


@pytest.fixture
def opening(chrome: Browser) -> Iterator[Callable[[Campus], Opened]]:
    page = chrome.new_page()
    with serving(_blank_tool(), "127.0.0.1") as port:

        def opened(campus: Campus) -> Opened:
            campus.add_tool(Tool.at(f"http://127.0.0.1:{port}", "client-1"))
            course = seeding.cast(campus).course
            with page.expect_response("**/lti/login"):
                page.goto(f"{campus.base_url}/course/{course.number}")
            page.wait_for_load_state("networkidle")
            return Opened(campus, page)

        yield opened
    page.close()


@pytest.fixture
def canvas() -> Iterator[Campus]:
    campus = Campus("canvas")
    with running(campus):
        yield campus


@pytest.fixture
def moodle() -> Iterator[Campus]:
    campus = Campus("moodle")
    with running(campus):
        yield campus


def _blank_tool() -> Flask:
    app = Flask("tool")
    app.add_url_rule(
        "/lti/login",
        view_func=lambda: "<!doctype html><link rel=icon href=data:><p>Tool</p>",
        methods=["GET", "POST"],
    )
    return app


def put(key: str, value: str | None) -> dict[str, object]:
    return {"subject": "lti.put_data", "message_id": "p", "key": key, "value": value}


def get(key: str) -> dict[str, object]:
    return {"subject": "lti.get_data", "message_id": "g", "key": key}


def test_the_page_says_what_it_answers(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    answer = opening(canvas).ask(CAPABILITIES, frame=None)

    assert answer["subject"] == "lti.capabilities.response"
    assert answer["message_id"] == "m"
    for subject in ("lti.get_data", "lti.put_data"):
        supported = {"subject": subject, "frame": FORWARDING}
        assert supported in answer["supported_messages"]
    assert {"subject": "lti.frameResize"} in answer["supported_messages"]


def test_a_stored_value_outlives_the_tools_document(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    opened = opening(canvas)
    stored = opened.ask(put("state", "abc"))

    opened.tool.goto(opened.tool.url)

    response = {"message_id": "p", "key": "state", "value": "abc"}
    assert stored == {"subject": "lti.put_data.response", **response}
    assert opened.ask(get("state"))["value"] == "abc"
    assert opened.ask(put("state", None))["value"] is None
    assert opened.ask(get("state"))["value"] is None


def test_storage_has_an_end(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    opened = opening(canvas)
    opened.ask(put("k", "x" * 4000))

    answers = [opened.ask(put("l", "x" * length)) for length in (94, 95)]

    assert "error" not in answers[0]
    assert answers[1]["error"]["code"] == "storage_exhaustion"


def test_an_old_platform_stores_in_the_page_itself(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    canvas.quirks.storage_target = "_parent"
    opened = opening(canvas)

    opened.ask(put("state", "abc"), frame=None)

    assert opened.ask(get("state"), frame=None)["value"] == "abc"


def test_the_frame_grows_as_the_tool_asks_and_not_below_a_minimum(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    opened = opening(canvas)
    heights = []
    for height in (1234, 10):
        opened.ask({"subject": "lti.frameResize", "height": height}, frame=None)
        box = opened.page.locator("#tool").bounding_box()
        assert box is not None
        heights.append(box["height"])

    assert heights == [1234, 450]


def test_another_origin_in_the_frame_gets_no_answer(
    canvas: Campus, opening: Callable[[Campus], Opened], elsewhere: str
) -> None:
    opened = opening(canvas)
    opened.ask(put("state", "abc"))

    opened.tool.goto(elsewhere)

    assert opened.ask(get("state")) is None
    assert opened.ask(CAPABILITIES, frame=None) is None


def test_an_unknown_subject_is_an_error(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    answer = opening(canvas).ask({"subject": "lti.dance", "message_id": "d"})

    assert answer["subject"] == "lti.dance.response"
    assert answer["error"]["code"] == "unsupported_subject"


def test_the_mobile_apps_answer_nothing(
    canvas: Campus, opening: Callable[[Campus], Opened]
) -> None:
    canvas.quirks.storage_answers = False
    opened = opening(canvas)

    assert opened.ask(CAPABILITIES, frame=None) is None
    assert opened.ask(put("state", "abc")) is None


def test_the_moodle_shape_answers_nothing(
    moodle: Campus, opening: Callable[[Campus], Opened]
) -> None:
    opened = opening(moodle)

    assert opened.ask(CAPABILITIES, frame=None) is None
    assert opened.page.frame(FORWARDING) is None
