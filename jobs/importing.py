"""Awards out of a table: each row for itself, and a report of those that are wrong."""

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
from jobs.tables import BadRow, Columns, rows_of
from models import Context
from models.db import db
from models.locks import lock_course, retried

CHUNK = 500
"""So many rows a transaction: nobody waits longer for the course."""
MOST_NAMED = 1000
COLUMNS = Columns(
    longest={"user": 255, "badge": 128, "reason": LONGEST_REASON},
    needed=frozenset({"user", "badge"}),
)


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

    def refuse(self, row: BadRow) -> None:
        self.refused += 1
        if len(self.rows) < MOST_NAMED:
            self.rows.append(row)


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
        report.refuse(BadRow(row.line, str(outcome)))
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
    """Yield what the rows say that can be read; report the others."""
    for row in rows_of(lines, COLUMNS):
        if isinstance(row, BadRow):
            report.refuse(row)
            continue
        user, badge = row.cells["user"], row.cells["badge"]
        reason = row.cells.get("reason", "")
        yield _Row(row.line, Gift(user=user, badge=badge, reason=reason))
