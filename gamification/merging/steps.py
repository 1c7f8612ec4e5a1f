"""Changes to rows that can be taken back: each is written down as it is made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, Base, Contribution, MergeStep, MilestoneReached
from models.base import UTCDateTime

Row = Mapping[str, Any]
PARKED = {Contribution: "superseded_at", Award: "ended_at"}
"""What a unique key asks to be empty: while rows trade places it is not."""
GIVEN = (Award, MilestoneReached)
"""What two who are one may earn together."""
AT_ONCE = 500


@dataclass(frozen=True)
class Rewrite:
    """Other values for some columns of one row."""

    row_id: int
    values: dict[str, Any]


@dataclass
class Steps:
    """What a merge has changed so far."""

    session: Session
    merge_id: int
    now: datetime
    rows: list[dict[str, Any]] = field(default_factory=list)

    def change(
        self,
        model: type[Base],
        rewrites: Sequence[Rewrite],
        context_id: int | None = None,
    ) -> None:
        """Rewrite rows and remember what they were."""
        if not rewrites:
            return
        before = _columns(self.session, model, rewrites)
        rewrite(self.session, model, rewrites, self.now)
        self.rows += [
            {
                "merge_id": self.merge_id,
                "context_id": context_id,
                "table": model.__tablename__,
                "row_id": one.row_id,
                "before": _plain(before[one.row_id]),
                "after": _plain(one.values),
            }
            for one in rewrites
        ]

    def note(
        self, model: type[Base], row_id: int, context_id: int, before: dict[str, Any]
    ) -> None:
        """Remember what a row was; nothing, where it was not there."""
        self.rows.append(
            {
                "merge_id": self.merge_id,
                "context_id": context_id,
                "table": model.__tablename__,
                "row_id": row_id,
                "before": before,
                "after": {},
            }
        )

    def write(self) -> None:
        """Write down what was changed, in the order in which it was."""
        if self.rows:
            self.session.execute(sa.insert(MergeStep), self.rows)


@contextmanager
def noted(steps: Steps, members: Sequence[int]) -> Iterator[None]:
    """Note what comes to some members within: the reversal takes it back again."""
    session = steps.session
    before = {
        model: session.scalar(sa.select(sa.func.max(model.id))) or 0 for model in GIVEN
    }
    open_before = _open_awards(session, members)
    yield
    for model in GIVEN:
        new = sa.select(model.id, model.context_id).where(
            model.id > before[model], model.membership_id.in_(members)
        )
        for row, course in session.execute(new.order_by(model.id)).all():
            steps.note(model, row, course, {})
    closed = open_before.keys() - _open_awards(session, members).keys()
    for row in sorted(closed):
        opened = {"ended_at": None, "end_reason": None}
        steps.note(Award, row, open_before[row], opened)


def _open_awards(session: Session, members: Sequence[int]) -> dict[int, int]:
    query = sa.select(Award.id, Award.context_id).where(
        Award.membership_id.in_(members), Award.ended_at.is_(None)
    )
    return dict(session.execute(query).all())


def rewrite(
    session: Session, model: type[Base], rewrites: Sequence[Rewrite], now: datetime
) -> None:
    """Give rows other values, some of which they may be trading.

    A unique key that holds for current facts and open awards alone would forbid the
    moment in between; nobody sees it, since the course is locked.
    """
    session.flush()
    table = table_of(model)
    closed = _park(session, model, rewrites, now)
    groups: dict[str, list[Rewrite]] = {}
    for one in rewrites:
        groups.setdefault(repr(sorted(one.values.items())), []).append(one)
    for same in groups.values():
        for some in _chunks([one.row_id for one in same]):
            session.execute(
                sa.update(table).where(table.c.id.in_(some)).values(same[0].values)
            )
    for some in _chunks(closed):
        session.execute(
            sa.update(table).where(table.c.id.in_(some)).values({PARKED[model]: None})
        )
    session.expire_all()


def table_of(model: type[Base]) -> sa.Table:
    """Return the table itself: whole rows are moved, and nothing is held as objects."""
    return Base.metadata.tables[model.__tablename__]


def typed(model: type[Base], values: Row) -> dict[str, Any]:
    """Return values that were kept as JSON as their columns have them."""
    table = table_of(model)
    return {
        name: datetime.fromisoformat(value)
        if value is not None and isinstance(table.c[name].type, UTCDateTime)
        else value
        for name, value in values.items()
    }


def _park(
    session: Session, model: type[Base], rewrites: Sequence[Rewrite], now: datetime
) -> list[int]:
    """Take rows out of their unique keys for a moment; return those to put back."""
    if model not in PARKED:
        return []
    table = table_of(model)
    column = table.c[PARKED[model]]
    ending = {one.row_id for one in rewrites if column.name in one.values}
    closed: list[int] = []
    for some in _chunks([one.row_id for one in rewrites]):
        found = session.scalars(
            sa.select(table.c.id).where(table.c.id.in_(some), column.is_(None))
        ).all()
        closed += [row for row in found if row not in ending]
        values: dict[str, Any] = {column.name: now}
        session.execute(sa.update(table).where(table.c.id.in_(found)).values(values))
    # A number that is not given anew is nobody's to put back.
    numbered = [one.row_id for one in rewrites if "sequence" in one.values]
    for some in _chunks(numbered):
        parked = sa.update(table).where(table.c.id.in_(some))
        session.execute(parked.values(sequence=-table.c.id))
    return closed


def _columns(
    session: Session, model: type[Base], rewrites: Sequence[Rewrite]
) -> dict[int, dict[str, Any]]:
    """Return what the columns that will change hold now, by row."""
    table = table_of(model)
    names = sorted({name for one in rewrites for name in one.values})
    found: dict[int, dict[str, Any]] = {}
    for some in _chunks([one.row_id for one in rewrites]):
        query = sa.select(table.c.id, *(table.c[name] for name in names))
        for row_id, *values in session.execute(query.where(table.c.id.in_(some))):
            found[row_id] = dict(zip(names, values, strict=True))
    return found


def _plain(values: Row) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
