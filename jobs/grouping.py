"""Groups out of a table: everybody of a kind, in one piece."""

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
from jobs.steps import written
from jobs.tables import BadRow, Columns, Row, Unreadable, rows_of
from models import Context
from models.db import db

COLUMNS = Columns(
    longest={"user": 255, "group": 255}, needed=frozenset({"user", "group"})
)
STRANGER = "user: nobody in this course has this id"


@dataclass
class Grouped:
    """What came of a table."""

    done: Regrouped | None = None
    """Empty where nothing was written: a row is wrong, or it was a trial."""
    rows: list[BadRow] = field(default_factory=list)


def import_groups(
    context_id: int,
    kind: str,
    lines: Iterable[str],
    *,
    dry_run: bool = False,
    may_be_empty: bool = False,
) -> Grouped:
    """Make the groups of a kind those of a table with the head `user,group`; commit.

    A group's name is its key. The table says who is in which, and thereby who is in
    none any more: so one wrong row leaves all as it is, and a table without rows,
    unless it may be one. Raises Unreadable.
    """
    read = list(rows_of(lines, COLUMNS))
    if not (read or may_be_empty):
        raise Unreadable("The table names nobody: --empty takes everybody out.")
    bad = [row for row in read if isinstance(row, BadRow)]
    wanted = [row for row in read if isinstance(row, Row)]
    report = Grouped()

    def write(context: Context) -> Regrouped | None:
        session = db.session()
        known = people_of(session, context, {row.cells["user"] for row in wanted})
        groups: dict[str, set[int]] = defaultdict(set)
        strangers = []
        for row in wanted:
            if person := known.get(row.cells["user"]):
                groups[row.cells["group"]].add(person.membership_id)
            else:
                strangers.append(BadRow(row.line, STRANGER))
        report.rows = sorted([*bad, *strangers], key=lambda row: row.line)
        if report.rows or dry_run:
            return None
        told = [GroupTold(key, key, frozenset(who)) for key, who in groups.items()]
        return set_groups(session, context, kind, told, now())

    report.done = written(db.session(), context_id, write)
    return report
