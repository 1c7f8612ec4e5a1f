"""Leagues cost as many statements in any course, and each reads what it needs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings.dealing import deal, due_leagues
from tests.integration.gamification.conftest import Counting
from tests.support.leagues import a_course


def test_dealing_takes_as_many_statements_for_many_as_for_few(
    session: Session, now: datetime, statements: Counting
) -> None:
    counted = []
    for number in (25, 90):
        context = a_course(session, now, number)[0].context
        session.flush()
        assert context.zone
        with statements() as asked:
            deal(session, context, now)
            due_leagues(session, now)
        counted.append(len(asked))

    assert counted[0] == counted[1] <= 8


def test_who_left_is_looked_for_by_their_key(
    session: Session, engine: sa.Engine, now: datetime
) -> None:
    deal(session, a_course(session, now, 25)[0].context, now)
    session.flush()
    is_sqlite = engine.dialect.name == "sqlite"
    sent: list[tuple[str, Any]] = []

    def note(*event: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's six arguments
        sent.append((event[2], event[3]))

    sa.event.listen(engine, "before_cursor_execute", note)
    due = due_leagues(session, now)
    sa.event.remove(engine, "before_cursor_execute", note)
    if not is_sqlite:
        # With so few rows it would read them all.
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    asked, given = sent[-1]
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    plan = session.connection().exec_driver_sql(f"{explain} {asked}", given)

    read = " ".join(str(row) for row in plan)
    assert due == []
    # PostgreSQL weighs the indexes by what it counted; it needs nothing but them.
    assert ("sqlite_autoindex_standing_1" if is_sqlite else "Index") in read
    assert "Seq Scan" not in read
