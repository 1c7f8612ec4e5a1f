"""`POST …/recompute` of a large course: the worker does it, and nothing is lost."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import outbox
from jobs.clock import now
from jobs.worker import recompute
from models import Award, Membership, Outbox
from models.db import db
from tests.support.awarding import an_award
from tests.support.badges import holders, versions
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller
from tests.support.recomputing import (
    TODAY,
    TOLD,
    ask,
    asked,
    audited,
    badge_of,
    flags,
    let_it_be_large,
    told,
)
from tests.support.waiting import work_off


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("notify", [False, True])
def test_the_same_comes_of_it_at_once_and_by_the_worker(
    session: Session,
    app: OpenAPI,
    people: list[Membership],
    teacher: Caller,
    monkeypatch: pytest.MonkeyPatch,
    notify: bool,
    large: bool,
) -> None:
    if large:
        let_it_be_large(monkeypatch)

    answer = ask(teacher, {"from": TODAY, "unmet": "revoke", "notify": notify})
    between = (holders(session, "keen"), holders(session, "twice"))
    work_off(app)

    if large:
        assert (answer.status_code, between) == (202, (0, 1))
        assert answer.json == {"state": "asked", "locked": []}
    else:
        assert (answer.status_code, between) == (200, (3, 0))
        assert (answer.json["badges_awarded"], answer.json["badges_ended"]) == (3, 1)
    assert (holders(session, "keen"), holders(session, "twice")) == (3, 0)
    assert flags(session) == {(False, False)}
    assert TOLD & told(session) == (TOLD if notify else set())
    assert len(audited(session)) == 1


def test_an_award_that_the_rule_of_today_gave_ends_by_the_worker_too(
    session: Session,
    app: OpenAPI,
    people: list[Membership],
    teacher: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_it_be_large(monkeypatch)
    an_award(session, people[2], badge_of(session, "twice")).origin = "rule"
    session.commit()

    ask(teacher, {"unmet": "revoke"})
    work_off(app)

    owner = sa.select(Award.membership_id).where(
        Award.badge_id == badge_of(session, "twice").id, Award.ended_at.is_(None)
    )
    assert session.scalars(owner).all() == [people[0].id]


def test_a_badge_that_is_held_gives_and_takes_nothing_when_it_is_freed(
    session: Session,
    app: OpenAPI,
    people: list[Membership],
    teacher: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_it_be_large(monkeypatch)
    badge_of(session, "twice").held_at = NOW
    session.commit()

    ask(teacher, {"from": TODAY, "unmet": "revoke"})
    work_off(app)
    badge_of(session, "twice").held_at = None
    session.commit()
    ask(teacher)
    work_off(app)

    assert (holders(session, "twice"), versions(session, "twice")) == (1, [1, 2])


def test_a_worker_that_dies_and_a_second_request_lose_nothing(
    session: Session,
    app: OpenAPI,
    clock: Clock,
    people: list[Membership],
    teacher: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_it_be_large(monkeypatch)
    ask(teacher, {"from": TODAY, "unmet": "revoke"})
    with app.app_context():
        assert len(outbox.take(db.session(), now())) == 1

    second = ask(teacher, {"notify": True})
    with app.app_context():
        assert len(outbox.take(db.session(), now())) == 1
    between = holders(session, "twice")
    clock.advance(outbox.LOST_AFTER + timedelta(minutes=1))
    work_off(app)

    assert (second.status_code, between, asked(session)) == (202, 1, [])
    assert (holders(session, "keen"), holders(session, "twice")) == (3, 0)
    assert told(session) & TOLD == set()


def test_asked_twice_while_it_waits_it_is_one_order(
    session: Session,
    people: list[Membership],
    teacher: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_it_be_large(monkeypatch)

    answers = [ask(teacher, {"unmet": "revoke"}, Idempotency_Key="k") for _ in range(2)]

    assert [(one.status_code, one.json["state"]) for one in answers] == [
        (202, "asked"),
        (202, "asked"),
    ]
    assert asked(session) == ["evaluate_course"]
    assert versions(session, "twice") == [1, 2]
    assert len(audited(session)) == 1


def test_the_night_does_what_no_worker_did(
    session: Session,
    app: OpenAPI,
    people: list[Membership],
    teacher: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_it_be_large(monkeypatch)
    ask(teacher, {"from": TODAY, "unmet": "revoke"})
    session.execute(sa.delete(Outbox))
    session.commit()

    with app.app_context():
        recompute()

    assert (holders(session, "keen"), holders(session, "twice")) == (3, 0)
    assert flags(session) == {(False, False)}
