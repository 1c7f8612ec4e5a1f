"""Texts of strangers: one line that people can read and databases can keep."""

import unicodedata

# Persian and many Indian scripts are misspelt without them.
JOINERS = "\u200c\u200d"
UNKEPT = {"Cc", "Cs"}
"""Control characters and halves of characters: a database may refuse them."""


def one_line(text: str) -> str:
    """Return a text without what cannot be seen; every space is a plain one.

    What would turn the text around it (https://www.unicode.org/reports/tr9/) and
    soft hyphens go; the joiners within words stay.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_shown, text))
    return " ".join(text.split()).strip(f" {JOINERS}")


def can_be_kept(text: str) -> bool:
    """Tell whether a text holds no control character and no half of a character."""
    return all(unicodedata.category(char) not in UNKEPT for char in text)


def _shown(char: str) -> str:
    if char.isspace():
        return " "
    return char if char.isprintable() or char in JOINERS else ""
