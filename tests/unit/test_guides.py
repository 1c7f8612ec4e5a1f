"""The guides show pictures that are there, and say what is seen in them."""

import re
import struct
from collections import Counter
from pathlib import Path

import pytest

from config import ROOT

IMAGES = ROOT / "docs" / "images"
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 256 * 1024
WIDEST = 1200


def shown() -> list[tuple[Path, str, str]]:
    """Return each page that shows a picture, with what it says and where that is."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [
        (page, *found) for page in pages for found in SHOWN.findall(page.read_text())
    ]


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    named = {(page.parent / address).resolve() for page, _, address in shown()}

    assert named == set(IMAGES.glob("*.png"))


def test_every_picture_says_what_is_seen() -> None:
    short = [address for _, said, address in shown() if len(said.split()) < 5]

    assert short == []


def test_no_page_shows_a_picture_twice() -> None:
    times = Counter((page.name, address) for page, _, address in shown())

    assert set(times.values()) == {1}


@pytest.mark.parametrize("picture", sorted(IMAGES.glob("*.png")), ids=lambda p: p.name)
def test_a_picture_is_small_enough_for_a_page(picture: Path) -> None:
    content = picture.read_bytes()
    width, _ = struct.unpack(">II", content[16:24])

    assert content.startswith(PNG)
    assert (width <= WIDEST, len(content) <= LARGEST) == (True, True)
