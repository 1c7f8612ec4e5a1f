"""`make screenshots`: the README's picture of the panel, from a demo of its own."""

import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.support.chromium import chromium
from tests.support.demo import ROOT
from tests.support.running_demo import running_demo

IMAGES = ROOT / "docs" / "images"
ColorScheme = Literal["light", "dark"]
PICTURES: list[tuple[str, int, int, ColorScheme]] = [
    ("panel", 1200, 1000, "light"),
]


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "demo") as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-quic"]
        )
        for name, width, height, scheme in PICTURES:
            _take(
                browser, demo.address, IMAGES / f"{name}.png", (width, height, scheme)
            )
            print(IMAGES / f"{name}.png")
        browser.close()


def _take(
    browser: Browser, address: str, file: Path, look: tuple[int, int, ColorScheme]
) -> None:
    width, height, scheme = look
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme
    )
    page.goto(address)
    # The panel is there when its own heading is.
    panel = page.frame_locator("iframe[name=tool]")
    panel.locator("main h1").first.wait_for()
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    main()
