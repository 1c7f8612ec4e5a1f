"""In which line of a TOML text a value stands: what is wrong is said with it."""

import re
from collections import Counter
from collections.abc import Mapping

# Both end after one look at each character, whatever they are given.
HEADER = re.compile(r"[ \t]*+(\[\[?)([^\[\]\n]++)\]")
FIELD = re.compile(r"[ \t]*+([A-Za-z0-9_.\"'-]++)[ \t]*+=")
DEEPEST = 32
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
DEEP = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}){{{DEEPEST}}}")
"""A name of more parts: reading it takes a time that grows with their square."""
QUOTES = ('"""', "'" * 3)

Path = tuple[str | int, ...]


def lines_of(text: str) -> dict[Path, int]:
    """Return the line of each table and field, by its path: `("badge", 0, "label")`.

    What stands within another value, as in an inline table, has no line of its own.
    """
    found: dict[Path, int] = {}
    counts: Counter[Path] = Counter()
    table: Path = ()
    open_quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if open_quote:
            open_quote = _still_open(line, open_quote)
            continue
        if header := HEADER.match(line):
            table = _table(_names(header[2]), counts, is_list=header[1] == "[[")
            found.setdefault(table, number)
        elif field := FIELD.match(line):
            found.setdefault((*table, *_names(field[1])), number)
        open_quote = _opened(line)
    return found


def too_deep(text: str) -> int:
    """Return the line of a name that has too many parts; 0 where none has."""
    found = DEEP.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest thing around it; 0 for none."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _names(dotted: str) -> Path:
    return tuple(name.strip().strip("\"'") for name in dotted.split("."))


def _table(names: Path, counts: Counter[Path], *, is_list: bool) -> Path:
    """Return a header's path: below a list it belongs to the last entry so far."""
    path: Path = ()
    for place, name in enumerate(names, 1):
        path = (*path, name)
        if is_list and place == len(names):
            counts[path] += 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _opened(line: str) -> str:
    """Return the quotes of a text that goes on in the next line, if one does."""
    return next((mark for mark in QUOTES if line.count(mark) % 2), "")


def _still_open(line: str, mark: str) -> str:
    return "" if mark in line else mark
