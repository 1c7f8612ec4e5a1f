"""Awards out of a table: each row for itself, and a report of those that are wrong."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gamification.awards.giving import (
    LONGEST_REASON,
    Gift,
    Giver,
    NotGiven,
    Outcome,
)
from jobs import decisions
from jobs.clock import now
from models import Context
from models.db import db
from models.locks import lock_course, retried
from models.texts import can_be_kept, one_line

CHUNK = 500
"""So many rows a transaction: nobody waits longer for the course."""
MOST_NAMED = 1000
NEEDED, KNOWN = ("user", "badge"), ("user", "badge", "reason")
AFTER_HEAD = 2
"""The number of the line after the head, which no reader counts."""
ENDLESS = "field larger than field limit"
"""What Python's reader calls a cell whose end nobody can tell."""
LONGEST = {"user": 255, "badge": 128, "reason": LONGEST_REASON}


class Unreadable(ValueError):
    """A table has no head that we understand; the message says what is missing."""


@dataclass(frozen=True)
class BadRow:
    """A row that was left out; not a word of it, which a spreadsheet might run."""

    line: int
    reason: str


@dataclass
class Imported:
    """What came of a table."""

    dry_run: bool = False
    granted: int = 0
    held: int = 0
    """They had the badge already."""
    refused: int = 0
    rows: list[BadRow] = field(default_factory=list)
    """The refused ones, up to a thousand."""

    def refuse(self, line: int, reason: str) -> None:
        self.refused += 1
        if len(self.rows) < MOST_NAMED:
            self.rows.append(BadRow(line, reason))


@dataclass(frozen=True)
class _Row:
    line: int
    gift: Gift


def import_awards(
    context_id: int, lines: Iterable[str], by: Giver, *, dry_run: bool = False
) -> Imported:
    """Give the badges of a table with the head `user,badge,reason`, and commit.

    Some hundred rows at a time, so the memory it takes does not grow with the table.
    A row that is wrong is reported by its line and the others are done; doing it again
    changes nothing. A dry run tells the same and undoes it. Raises Unreadable.
    """
    report = Imported(dry_run=dry_run)
    seen: set[tuple[int, int]] = set()
    for rows in _chunks(_rows(lines, report)):
        outcomes = _done(context_id, rows, by, dry_run=dry_run)
        for row, outcome in zip(rows, outcomes, strict=True):
            _count(report, row, outcome, seen)
    report.rows.sort(key=lambda row: row.line)
    return report


def _count(
    report: Imported, row: _Row, outcome: Outcome, seen: set[tuple[int, int]]
) -> None:
    if isinstance(outcome, NotGiven):
        report.refuse(row.line, str(outcome))
        return
    pair = (outcome.membership_id, outcome.badge_id)
    if outcome.is_new and pair not in seen:
        report.granted += 1
    else:
        report.held += 1
    # What a dry run has undone would be given again by a later row. However long the
    # table is, there are no more pairs than the course has learners times badges.
    if report.dry_run:
        seen.add(pair)


def _done(
    context_id: int, rows: list[_Row], by: Giver, *, dry_run: bool
) -> list[Outcome]:
    session = db.session()

    def whole() -> list[Outcome]:
        lock_course(session, context_id)
        context = session.get_one(Context, context_id, populate_existing=True)
        gifts = [row.gift for row in rows]
        outcomes = decisions.grant(session, context, gifts, by, now())
        if dry_run:
            session.rollback()
        else:
            session.commit()
        return outcomes

    session.rollback()
    return retried(session, whole)


def _chunks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    chunk: list[_Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rows(lines: Iterable[str], report: Imported) -> Iterator[_Row]:
    """Yield the rows that can be read; report the others by where they begin."""
    rest = iter(lines)
    names, delimiter = _head(next(rest, ""))
    reader = csv.reader(rest, delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + AFTER_HEAD
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if ENDLESS in str(error):
                report.refuse(
                    begins, "it cannot be read, and what follows was left out"
                )
                return
            # The reader has forgotten it and begins anew with the next line.
            report.refuse(begins, _unread(begins, reader.line_num + AFTER_HEAD - 1))
            continue
        if cells is None:
            return
        fault = _fault(cells, names)
        if fault:
            report.refuse(begins, fault)
        elif any(cells):
            pairs = zip(names, map(one_line, cells), strict=False)
            yield _Row(begins, Gift(**dict(pairs)))  # type: ignore[arg-type] # its names were checked


def _unread(first: int, last: int) -> str:
    """Say that lines cannot be read; a quote that was left open swallows some."""
    others = f", nor what follows up to line {last}" if last > first else ""
    return f"it cannot be read{others}: a quote is missing, or is one too many"


def _head(line: str) -> tuple[list[str], str]:
    """Return the names of the columns, and what stands between them."""
    plain = line.removeprefix("\ufeff").strip()
    delimiter = max(",;\t", key=plain.count)
    names = [cell.strip().strip('"').lower() for cell in plain.split(delimiter)]
    is_known = set(names) <= set(KNOWN) and len(set(names)) == len(names)
    if not is_known or not set(NEEDED) <= set(names):
        raise Unreadable("The first line has to be: user,badge,reason")
    return names, delimiter


def _fault(cells: list[str], names: list[str]) -> str:
    """Say what is wrong with a row before anybody is asked for; mostly nothing."""
    if not any(cells):
        return ""
    if any("\n" in cell or "\r" in cell for cell in cells):
        return "a cell goes over several lines: a quote may be missing"
    if any("\ufffd" in cell for cell in cells):
        return "it is not written in UTF-8"
    if any(cells[len(names) :]):
        return "it has more cells than the first line"
    said = dict(zip(names, cells, strict=False))
    faults = (_cell_fault(name, said.get(name, "")) for name in names)
    return next(filter(None, faults), "")


def _cell_fault(name: str, cell: str) -> str:
    plain = " ".join(cell.split())
    if not plain and name in NEEDED:
        return f"{name}: it is empty"
    if len(plain) > LONGEST[name]:
        return f"{name}: it is longer than {LONGEST[name]} characters"
    if not can_be_kept(plain):
        return f"{name}: it holds a character that no name has"
    return ""
