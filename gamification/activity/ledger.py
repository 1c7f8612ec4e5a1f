"""The log: facts are added, corrected by newer sightings, and never removed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.facts import Content, Fact
from gamification.activity.scoring import Entry
from models import Contribution, Membership
from models.activity import CURRENT
from models.portable import pairs_in
from models.upsert import insert_on

ENTRY: tuple[sa.SQLColumnExpression[Any], ...] = (
    Contribution.id,
    Contribution.membership_id,
    Contribution.item_id,
    Contribution.kind,
    Contribution.status,
    Contribution.score,
    Contribution.maximum,
    Contribution.seconds,
    Contribution.occurred_at,
    Contribution.fact_key,
)


@dataclass
class Appended:
    """What a batch of facts did to the log."""

    entries: list[Entry] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    """The ids of contributions that are no longer current."""
    new: int = 0
    corrected: int = 0
    unchanged: int = 0


def append(session: Session, facts: Sequence[Fact], now: datetime) -> Appended:
    """Add facts of different keys to the log, in four statements at most.

    What is known is left; what differs and was not seen before the known one
    supersedes it, and keeps the moment at which the learner acted. Where a source
    says when it saw the known one last, that is kept with it.
    """
    known = _current(session, facts)
    appended = Appended()
    rows = []
    for fact in facts:
        row = known.get((fact.membership_id, fact.key))
        if row is None:
            appended.new += 1
            rows.append(_columns(fact, now))
        elif _is_news(fact, row, now):
            appended.corrected += 1
            appended.superseded.append(row.id)
            moment, revision = row.occurred_at, row.revision + 1
            rows.append(
                {**_columns(fact, now), "occurred_at": moment, "revision": revision}
            )
        else:
            appended.unchanged += 1
            if fact.content == _content(row) and fact.seen_at:
                row.seen_at = max(row.seen_at, fact.seen_at)
    _supersede(session, appended.superseded, now)
    appended.entries = _insert(session, rows)
    return appended


def append_idle(session: Session, fact: Fact, now: datetime) -> bool:
    """Add a fact that moves no points, in one statement; tell whether it was new.

    Nothing is added for a stranger to the course, nor beside a fact of that key.
    """
    added = session.execute(
        _new_fact(session.get_bind().dialect.name), _columns(fact, now)
    )
    return added.first() is not None


def current_entries(session: Session, members: Collection[int]) -> list[Entry]:
    """Return all facts of some members that no newer one supersedes."""
    rows = session.execute(
        sa.select(*ENTRY).where(
            Contribution.membership_id.in_(members),
            Contribution.superseded_at.is_(None),
        )
    )
    return [Entry(*row) for row in rows]


def rounds(facts: Iterable[Fact], size: int) -> list[list[Fact]]:
    """Split facts into batches in which no fact comes twice, in their order."""
    times: dict[tuple[int, str], int] = {}
    layers: list[list[Fact]] = []
    for fact in facts:
        key = (fact.membership_id, fact.key)
        layer = times[key] = times.get(key, -1) + 1
        if layer == len(layers):
            layers.append([])
        layers[layer].append(fact)
    return [
        layer[start : start + size]
        for layer in layers
        for start in range(0, len(layer), size)
    ]


def _current(
    session: Session, facts: Iterable[Fact]
) -> dict[tuple[int, str], Contribution]:
    keys = {(fact.membership_id, fact.key) for fact in facts}
    rows = session.scalars(
        sa.select(Contribution).where(
            pairs_in(Contribution.membership_id, Contribution.fact_key, keys),
            Contribution.superseded_at.is_(None),
        )
    )
    return {(row.membership_id, row.fact_key): row for row in rows}


def _is_news(fact: Fact, row: Contribution, now: datetime) -> bool:
    return fact.content != _content(row) and (fact.seen_at or now) >= row.seen_at


def _content(row: Contribution) -> Content:
    return row.status, row.score, row.maximum, row.seconds


def _columns(fact: Fact, now: datetime) -> dict[str, Any]:
    return {
        "context_id": fact.context_id,
        "membership_id": fact.membership_id,
        "item_id": fact.item_id,
        "kind": fact.kind,
        "status": fact.status,
        "score": fact.score,
        "maximum": fact.maximum,
        "seconds": fact.seconds,
        "occurred_at": fact.occurred_at,
        "recorded_at": now,
        "seen_at": fact.seen_at or now,
        "source": fact.source,
        "fact_key": fact.key,
        "revision": 1,
    }


@cache
def _new_fact(dialect: str) -> Any:  # noqa: ANN401 -- two dialects' inserts share no type with ON CONFLICT
    """Put the statement together once for each database."""
    table = cast("sa.Table", Contribution.__table__)
    given = {
        column.name: sa.bindparam(column.name, type_=column.type)
        for column in table.c
        if column.name not in {"id", "superseded_at"}
    }
    member = sa.select(*given.values()).where(
        Membership.id == given["membership_id"],
        Membership.context_id == given["context_id"],
    )
    return (
        insert_on(dialect, table)
        .from_select(list(given), member)
        .on_conflict_do_nothing(
            index_elements=["membership_id", "fact_key"], index_where=CURRENT
        )
        .returning(table.c.id)
    )


def _supersede(session: Session, ids: list[int], now: datetime) -> None:
    if ids:
        session.execute(
            sa.update(Contribution)
            .where(Contribution.id.in_(ids))
            .values(superseded_at=now)
        )


def _insert(session: Session, rows: list[dict[str, Any]]) -> list[Entry]:
    if not rows:
        return []
    rows.sort(key=lambda row: (row["membership_id"], row["fact_key"]))
    # Rows that leave out what is empty would each be a statement of their own.
    statement = sa.insert(Contribution).execution_options(render_nulls=True)
    statement = statement.returning(*ENTRY)
    return [Entry(*row) for row in session.execute(statement, rows)]
