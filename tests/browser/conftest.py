"""A browser for the whole run; a person's empty profile for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy.orm import Session

from tests.browser.chrome import PATIENCE, running_chrome
from tests.browser.stage import Stage, Watch
from tests.browser.wire import Wire
from tests.support.platform import Registered

NewBrowser = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    with running_chrome() as chrome:
        yield chrome


@pytest.fixture
def wire(app: OpenAPI) -> Wire:
    """Put a wire between the browser and the tool."""
    wire = Wire(app.wsgi_app)
    app.wsgi_app = wire  # type: ignore[method-assign] # Flask's documented way
    return wire


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def new_browser(chrome: Browser, served: str, watch: Watch) -> Iterator[NewBrowser]:
    """Return what opens an empty profile; takes Playwright's options of a context.

    At the end no script may have failed, and no content policy blocked anything:
    a test where that is the point takes it out of the watch.
    """
    with ExitStack() as stack:

        def open_one(**options: Any) -> BrowserContext:  # noqa: ANN401 -- Playwright's own
            browser = chrome.new_context(**options)
            stack.callback(browser.close)
            browser.set_default_timeout(PATIENCE)
            watch.listen(browser)
            return browser

        yield open_one
    assert watch.complaints == []


@pytest.fixture
def browser(new_browser: NewBrowser) -> BrowserContext:
    """Return one person's browser, on a wide screen."""
    return new_browser(viewport={"width": 1280, "height": 900})


@pytest.fixture
def stage(
    registered: Registered,
    session: Session,
    wire: Wire,
    served: str,
    browser: BrowserContext,
) -> Stage:
    """Set up a campus of Moodle's shape: no platform storage, no resizing."""
    return Stage(registered, session, wire, served, browser)


@pytest.fixture
def canvas_stage(
    canvas_registered: Registered,
    session: Session,
    wire: Wire,
    served: str,
    browser: BrowserContext,
) -> Stage:
    """Set up a campus of Canvas's shape: platform storage and resizing."""
    return Stage(canvas_registered, session, wire, served, browser)
