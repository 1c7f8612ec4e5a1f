"""Groups out of a table: everybody of a kind, in one piece."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from gamification.metrics.people import people_of
from gamification.standings.groups import (
    GroupTold,
    Regrouped,
    set_groups,
)
from jobs.clock import now
from jobs.importing import BadRow, Unreadable
from jobs.steps import written
from models import Context
from models.db import db
from models.texts import can_be_kept, one_line

HEAD = ["user", "group"]
LONGEST = 255
STRANGER = "user: nobody in this course has this id"


@dataclass
class Grouped:
    """What came of a table."""

    done: Regrouped | None = None
    """Empty where nothing was written: a row is wrong, or it was a trial."""
    rows: list[BadRow] = field(default_factory=list)


def import_groups(
    context_id: int, kind: str, lines: Iterable[str], *, dry_run: bool = False
) -> Grouped:
    """Make the groups of a kind those of a table with the head `user,group`; commit.

    A group's name is its key. The table says who is in which, and thereby who is in
    none any more: so one wrong row leaves all as it is. Raises Unreadable.
    """
    report = Grouped()
    wanted = _rows(lines, report)

    def write(context: Context) -> Regrouped | None:
        session = db.session()
        known = people_of(session, context, {user for _, user, _ in wanted})
        groups: dict[str, set[int]] = defaultdict(set)
        strangers = []
        for line, user, group in wanted:
            if user in known:
                groups[group].add(known[user].membership_id)
            else:
                strangers.append(BadRow(line, STRANGER))
        report.rows = sorted([*report.rows, *strangers], key=lambda row: row.line)
        if report.rows or dry_run:
            return None
        told = [GroupTold(key, key, frozenset(who)) for key, who in groups.items()]
        return set_groups(session, context, kind, told, now())

    report.done = written(db.session(), context_id, write)
    return report


def _rows(lines: Iterable[str], report: Grouped) -> list[tuple[int, str, str]]:
    reader = csv.reader(lines)
    head = [cell.strip().lower().removeprefix("\ufeff") for cell in next(reader, [])]
    if head != HEAD:
        raise Unreadable("The first line has to be: user,group")
    rows = []
    for cells in reader:
        plain = [one_line(cell) for cell in cells]
        if fault := _fault(plain):
            report.rows.append(BadRow(reader.line_num, fault))
        elif any(plain):
            rows.append((reader.line_num, plain[0], plain[1]))
    return rows


def _fault(cells: list[str]) -> str:
    if not any(cells):
        return ""
    if len(cells) != len(HEAD):
        return "it has not two cells"
    for name, cell in zip(HEAD, cells, strict=True):
        if not cell:
            return f"{name}: it is empty"
        if len(cell) > LONGEST or not can_be_kept(cell):
            return f"{name}: it is longer than {LONGEST} characters, or cannot be kept"
    return ""
