"""The browser of these tests: the machine's Chromium, third-party cookies blocked."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.chromium import chromium

PATIENCE = 10_000
"""Milliseconds that a page may take to come to what is expected of it."""
PAINTED = """Promise.race([
  new Promise(requestAnimationFrame), new Promise((so) => setTimeout(so, 100)),
])"""
"""The next picture; a frame that nobody sees is painted never."""

FLAGS = [
    # Debian's Chromium blocks third-party cookies by itself; others are told to.
    "--test-third-party-cookie-phaseout",
    # A frame that goes to another site would go to another process, and on its way the
    # driver loses sight of it now and then: what is asked of it then is never answered
    # (microsoft/playwright#8724). What sites keep, send and read of each other is as ever.
    "--disable-site-isolation-trials",
    # On the way to one control the browser judges the next one by where it still is.
    "--disable-smooth-scrolling",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def running_chrome() -> Iterator[Browser]:
    """Run a browser without a window; its contexts are windows of a fresh person."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
