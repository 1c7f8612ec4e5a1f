"""The audit's chain: what is in it, in which order, and by how many workers."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from app import create_app
from config import Config
from jobs import sealing
from jobs.digests import BEGINNING
from jobs.queue import Queue
from jobs.sealing import PIECE, Head, head_of, seal_late_entries
from jobs.worker import JOBS
from lti import audit
from lti.audit import PASSING
from models import AuditEntry, AuditSeal, Tenant
from models.db import db
from tests.factories import a_registration, a_tenant
from tests.support.clock import NOW, Clock
from tests.support.databases import Databases
from tests.support.sealing import chain, decisions, seal

MANY = PIECE * 2 + 50


@pytest.fixture
def acme(session: Session) -> Tenant:
    return a_tenant(session)


def a_decision(session: Session, entry_id: int) -> None:
    """Note a decision whose number was drawn before, or after, others'."""
    values = {"happened_at": NOW, "action": "badge_saved", "details": {}}
    session.execute(sa.insert(AuditEntry).values(id=entry_id, **values))
    session.commit()


def in_a_row(seals: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    return [(number, number) for number in range(1, len(seals) + 1)]


def test_decisions_are_sealed_once_in_their_order(
    app: OpenAPI, session: Session, acme: Tenant
) -> None:
    decisions(session, acme, "a", "b")
    seal(app)
    before = head_of(session)
    seal(app)
    again = head_of(session)
    decisions(session, acme, "c")
    seal(app)

    assert chain(session) == [(1, 1), (2, 2), (3, 3)]
    assert again == before == Head(2, before.digest, NOW)
    seals = session.scalars(sa.select(AuditSeal).order_by(AuditSeal.position)).all()
    assert [one.previous for one in seals] == [BEGINNING, *(s.digest for s in seals)][
        :3
    ]
    assert len({one.salt for one in seals}) == 3


def test_refusals_lie_outside_the_chain(app: OpenAPI, session: Session) -> None:
    platform = a_registration(session)
    for action in PASSING:
        audit.note(session, action, NOW, registration=platform)
    session.commit()

    seal(app)

    assert chain(session) == []
    assert head_of(session) == Head(0, BEGINNING, None)


def test_a_sealed_decision_cannot_be_deleted(
    app: OpenAPI, session: Session, acme: Tenant
) -> None:
    decisions(session, acme, "a")
    seal(app)

    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.delete(AuditEntry))


def test_the_schedule_seals_pieces_until_nothing_is_left(
    app: OpenAPI, session: Session, acme: Tenant
) -> None:
    decisions(session, acme, *map(str, range(MANY)))

    Queue(app, JOBS).call("seal_audit")

    seals = chain(session)
    assert len(seals) == MANY
    assert seals == in_a_row(seals)


def test_a_worker_that_died_between_pieces_loses_nothing(
    app: OpenAPI, session: Session, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions(session, acme, *map(str, range(MANY)))
    heads = iter([Head()])
    with monkeypatch.context() as patched:
        patched.setattr(sealing, "head_of", lambda _session: next(heads))
        with pytest.raises(StopIteration):
            seal(app)
    first = chain(session)

    seal(app)

    assert len(first) == PIECE
    seals = chain(session)
    assert len(seals) == MANY
    assert seals == in_a_row(seals)


def test_a_decision_with_a_smaller_number_that_is_seen_later_is_sealed_later(
    app: OpenAPI, session: Session
) -> None:
    a_decision(session, 7)
    seal(app)
    a_decision(session, 3)
    seal(app)

    assert chain(session) == [(1, 7), (2, 3)]


@pytest.mark.postgres
def test_a_transaction_that_ends_after_a_later_one_is_sealed_too(
    databases: Databases, settings: Config
) -> None:
    with databases.fresh("postgresql") as database:
        app = create_app(replace(settings, database_url=database.url))
        engine = sa.create_engine(database.url)
        with Session(engine) as slow, Session(engine) as session:
            audit.note(slow, "badge_saved", NOW)
            audit.note(session, "badge_saved", NOW)
            session.commit()
            seal(app)
            early = chain(session)
            slow.commit()
            seal(app)
            late = chain(session)
        engine.dispose()
        with app.app_context():
            db.engine.dispose()

    assert early == [(1, 2)]
    assert late == [(1, 2), (2, 1)]


def test_what_was_open_for_more_than_a_day_is_sealed_by_night(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    a_decision(session, 7)
    seal(app)
    clock.advance(timedelta(days=1, seconds=1))
    a_decision(session, 3)
    seal(app)
    by_day = chain(session)
    with app.app_context():
        seal_late_entries()

    assert by_day == [(1, 7)]
    assert chain(session) == [(1, 7), (2, 3)]


def test_of_six_who_seal_at_once_each_decision_is_sealed_by_one(
    app: OpenAPI, session: Session, acme: Tenant
) -> None:
    decisions(session, acme, *map(str, range(MANY)))

    with ThreadPoolExecutor(max_workers=6) as threads:
        list(threads.map(lambda _: seal(app), range(6)))

    seals = chain(session)
    assert len(seals) == MANY
    assert seals == in_a_row(seals)
