"""What it takes to write facts down: few statements, a job, one word to the course."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import EVALUATE_COURSE, record, request
from gamification.standings import standing_of
from models import Outbox, StreamEvent
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import Counting, a_fact, counts


def test_many_touched_members_are_left_to_a_job(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    a_badge(session, of=context, metric="events", threshold=1)
    facts = [a_fact(a_member(session, of=context)) for _ in range(201)]

    recorded = record(session, facts, now, environment=True)

    assert recorded.awarded == []
    waiting = session.scalars(sa.select(Outbox)).all()
    assert [(row.job, row.subject_id) for row in waiting] == [
        (EVALUATE_COURSE, context.id)
    ]


def test_a_job_is_asked_for_once_while_it_waits(
    session: Session, now: datetime
) -> None:
    for _ in range(2):
        request(session, "sync", 1, now, now)
    (waiting,) = session.scalars(sa.select(Outbox)).all()
    waiting.taken_at = now
    session.flush()
    request(session, "sync", 1, now, now)

    assert len(session.scalars(sa.select(Outbox)).all()) == 2


def test_a_batch_tells_a_course_once_that_points_changed(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    facts = [a_fact(a_member(session, of=context)) for _ in range(3)]

    record(session, facts, now, environment=True)
    record(session, facts, now, environment=True)

    events = session.scalars(sa.select(StreamEvent)).all()
    assert [(e.kind, e.audience, e.subject) for e in events] == [
        ("standing", "course", {})
    ]


@pytest.mark.parametrize("facts", [1, 30])
def test_a_batch_costs_the_same_statements_whatever_its_size(
    session: Session, now: datetime, statements: Counting, facts: int
) -> None:
    context = a_context(session)
    a_badge(session, of=context, metric="events", threshold=1)
    item = an_item(session, of=context)
    people = [a_member(session, of=context) for _ in range(facts)]
    batch = [a_fact(member, "posted", item) for member in people]
    session.flush()
    lock = session.get_bind().dialect.name == "postgresql"

    with statements() as seen:
        record(session, batch, now, environment=True)

    assert len(seen) - lock == 27
    with statements() as seen:
        record(session, batch, now, environment=True)
    # Course, members, items, what is known: nothing is new, nothing is written.
    assert len(seen) == 4
    later = [replace(one, seen_at=now + timedelta(hours=1)) for one in batch]
    with statements() as seen:
        record(session, later, now, environment=True)
        session.flush()
    assert len(seen) == 5


def test_a_batch_larger_than_a_statement_can_be_is_recorded_whole(
    session: Session, now: datetime
) -> None:
    member = a_member(session)
    batch = [a_fact(member, attempt=str(number)) for number in range(1_100)]

    recorded = record(session, batch, now, environment=True)

    assert counts(recorded) == (1_100, 0, 0, 0)
    assert standing_of(session, member).points == 2_200
