"""Where this machine keeps Chromium. Standard library alone, like `postgres.py`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright puts the browsers that it downloads.
CACHES = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
DOWNLOADS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
MISSING = (
    "Chromium was not found and could not be installed: install it (Debian: "
    "apt-get install chromium), or name the program in the variable CHROMIUM."
)


class ChromiumMissing(Exception):
    """There is no Chromium here; the message says what to do."""


def chromium() -> str:
    """Return the path of the browser. Raises ChromiumMissing."""
    found = next((path for path in _candidates() if os.access(path, os.X_OK)), None)
    if found is None:
        raise ChromiumMissing(MISSING)
    return found


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield shutil.which(named) or named
        return
    yield from filter(None, map(shutil.which, NAMES))
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    for cache in (own,) if own else CACHES:
        for pattern in DOWNLOADS:
            found = Path(cache).expanduser().glob(pattern)
            yield from map(str, sorted(found, reverse=True))
