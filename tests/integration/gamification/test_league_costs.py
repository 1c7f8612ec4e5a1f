"""Leagues cost as many statements in any course, and each reads what it needs."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings.dealing import (
    choose_leagues,
    deal,
    deal_at_once,
    due_leagues,
)
from tests.integration.gamification.conftest import Counting
from tests.support.leagues import (
    a_course,
    aliases,
    names,
    places,
    sizes,
    week_of,
)


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


def test_in_a_large_course_who_leaves_and_comes_back_waits_for_the_worker(
    session: Session, now: datetime
) -> None:
    people = a_course(session, now, 45)
    context, gone = people[0].context, people[16]
    deal(session, context, now)
    before, rest = places(session), aliases(range(15, 30)) - {"Alias 16"}

    choose_leagues(session, gone, now, wanted=False, most=44)
    own, others = (week_of(session, one, now) for one in (gone, people[20]))
    kept, due = places(session), due_leagues(session, now)
    deal(session, context, now)
    without = places(session)
    choose_leagues(session, gone, now, wanted=True, most=44)
    none_yet, due_again = week_of(session, gone, now), due_leagues(session, now)
    deal(session, context, now)

    assert (own.people, own.league, names(others)) == (45, None, rest)
    assert (kept, due, gone.id in without) == (before, [context.id], False)
    assert (none_yet.state, none_yet.people, due_again) == (
        *("too_few", 0),
        [context.id],
    )
    assert places(session) == before


@pytest.mark.parametrize(("most", "expected"), [(44, []), (45, [15, 15, 15])])
def test_a_request_deals_the_leagues_of_no_large_course(
    session: Session, now: datetime, most: int, expected: list[int]
) -> None:
    context = a_course(session, now, 45)[0].context

    changed = deal_at_once(session, context, now, most=most)

    assert (changed, sizes(session)) == (expected != [], expected)
    assert due_leagues(session, now) == ([] if expected else [context.id])
