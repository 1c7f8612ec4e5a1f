"""Tables that people send as CSV: what can be read of them, and what cannot."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.texts import can_be_kept, one_line

AFTER_HEAD = 2
"""The number of the line after the head, which no reader counts."""
TOO_LONG = "field larger than field limit"
"""What Python's reader calls a cell that it does not read to its end."""


class Unreadable(ValueError):
    """A table has no head that we understand; the message says what is missing."""


@dataclass(frozen=True)
class Columns:
    """What a table may have in a row."""

    longest: Mapping[str, int]
    """Their names, in their usual order, and how long a cell of each may be."""
    needed: frozenset[str]
    """Those that no table goes without, and that no row leaves empty."""


@dataclass(frozen=True)
class Row:
    """A row that can be read: its cells by their columns, each one line of text."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class BadRow:
    """A row that was left out; not a word of it, which a spreadsheet might run."""

    line: int
    reason: str


def rows_of(lines: Iterable[str], columns: Columns) -> Iterator[Row | BadRow]:
    """Yield the rows of a table, by where they begin; empty ones are none.

    It is read one row at a time, and no further than a cell whose end nobody can tell.
    Raises Unreadable before the first one.
    """
    rest = iter(lines)
    names, delimiter = _head(next(rest, ""), columns)
    taken: list[str] = []
    reader = csv.reader(_noted(rest, taken), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        begins = reader.line_num + AFTER_HEAD
        try:
            cells = next(reader, None)
        except csv.Error as error:
            is_long = TOO_LONG in str(error)
            if is_long and _is_open(taken):
                left_out = "it cannot be read, and what follows was left out"
                yield BadRow(begins, left_out)
                return
            # The reader has forgotten it and begins anew with the next line.
            last = begins + len(taken) - 1
            yield BadRow(begins, _unread(begins, last, is_long=is_long))
            continue
        if cells is None:
            return
        if not any(map(str.strip, cells)):
            continue
        if _is_open(taken):
            # A quote amid a cell, which the reader takes for a part of it.
            last = begins + len(taken) - 1
            yield BadRow(begins, _unread(begins, last, is_long=False))
        else:
            yield _row(begins, cells, names, columns)


def _noted(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """Yield lines, and write down which were taken."""
    for line in lines:
        taken.append(line)
        yield line


def _is_open(taken: list[str]) -> bool:
    """Tell whether one of the quotes in lines is alone, as where they end in a cell."""
    return sum(line.count('"') for line in taken) % 2 == 1


def _row(
    line: int, cells: list[str], names: list[str], columns: Columns
) -> Row | BadRow:
    fault = _fault(cells, names, columns)
    if fault:
        return BadRow(line, fault)
    return Row(line, dict(zip(names, map(one_line, cells), strict=False)))


def _unread(first: int, last: int, *, is_long: bool) -> str:
    """Say that lines cannot be read; a quote that was left open swallows some."""
    others = f", nor what follows up to line {last}" if last > first else ""
    why = "a quote is missing, or is one too many"
    if is_long:
        why = f"a cell is longer than {csv.field_size_limit()} characters"
    return f"it cannot be read{others}: {why}"


def _head(line: str, columns: Columns) -> tuple[list[str], str]:
    """Return the names of the columns, and what stands between them."""
    plain = line.removeprefix("\ufeff").strip()
    delimiter = max(",;\t", key=plain.count)
    names = [cell.strip().strip('"').lower() for cell in plain.split(delimiter)]
    is_known = set(names) <= columns.longest.keys() and len(set(names)) == len(names)
    if not is_known or not columns.needed <= set(names):
        raise Unreadable(f"The first line has to be: {','.join(columns.longest)}")
    return names, delimiter


def _fault(cells: list[str], names: list[str], columns: Columns) -> str:
    """Say what is wrong with a row before anybody is asked for; mostly nothing."""
    if any("\n" in cell or "\r" in cell for cell in cells):
        return "a cell goes over several lines: a quote may be missing"
    if any("\ufffd" in cell for cell in cells):
        return "it is not written in UTF-8"
    if any(cells[len(names) :]):
        return "it has more cells than the first line"
    said = dict(zip(names, cells, strict=False))
    faults = (_cell_fault(name, said.get(name, ""), columns) for name in names)
    return next(filter(None, faults), "")


def _cell_fault(name: str, cell: str, columns: Columns) -> str:
    plain = " ".join(cell.split())
    if not can_be_kept(plain):
        return f"{name}: it holds a character that no name has"
    if not one_line(cell) and name in columns.needed:
        return f"{name}: it is empty"
    if len(plain) > columns.longest[name]:
        return f"{name}: it is longer than {columns.longest[name]} characters"
    return ""
