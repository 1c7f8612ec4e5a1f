"""Facts that move no points: logged in one statement, as carefully as the others."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gamification.activity import record
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import Act, Counting, a_fact, counts, log


def test_a_launch_is_one_statement(
    session: Session, now: datetime, statements: Counting
) -> None:
    member = a_member(session)

    with statements() as seen:
        recorded = record(session, [a_fact(member, "launched")], now, environment=True)

    assert len(seen) == 1
    assert counts(recorded) == (1, 0, 0, 0)
    assert [row.kind for row in log(session)] == ["launched"]


def test_what_moves_nothing_is_logged_once_and_corrected(
    session: Session, act: Act
) -> None:
    member = a_member(session)

    statuses = ("normal", "normal", "withdrawn")
    launched = [act(member, "launched", status=status) for status in statuses]

    assert [counts(recorded) for recorded in launched] == [
        (1, 0, 0, 0),
        (0, 0, 1, 0),
        (0, 1, 0, 0),
    ]
    assert [(row.status, row.revision) for row in log(session)] == [
        ("normal", 1),
        ("withdrawn", 2),
    ]


def test_a_launch_of_a_stranger_or_from_the_future_is_refused(
    session: Session, now: datetime
) -> None:
    member, context = a_member(session), a_context(session)
    facts = [
        replace(a_fact(member, "launched"), context_id=context.id),
        a_fact(member, "launched", occurred_at=now + timedelta(hours=1)),
    ]

    recorded = [record(session, [fact], now, environment=True) for fact in facts]

    assert [counts(one) for one in recorded] == [(0, 0, 0, 1), (0, 0, 0, 1)]
    assert log(session) == []
