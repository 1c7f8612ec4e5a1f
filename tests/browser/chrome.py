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
