"""`POST …/recompute`: what is earned and missing, and what becomes of the past."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import BadgeVersion, Context, Membership, StreamEvent
from tests.factories import a_badge, a_member
from tests.support.awarding import an_award
from tests.support.badges import holders, versions
from tests.support.clock import Clock
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.recomputing import (
    TODAY,
    ask,
    asked,
    audited,
    badge_of,
    let_it_be_large,
    told,
)
from tests.support.statements import statements


def test_what_is_earned_and_missing_is_awarded_and_nobody_is_told(
    session: Session, people: list[Membership], teacher: Caller
) -> None:
    before = session.scalars(sa.select(sa.func.count(StreamEvent.id))).one()
    first, again = ask(teacher), ask(teacher)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == {
        "state": "done",
        "contributors": 3,
        "badges_awarded": 3,
        "badges_ended": 0,
        "gains": [{"badge": "keen", "people": 3}],
        "losses": [],
        "locked": [],
    }
    assert (again.json["badges_awarded"], again.json["gains"]) == (0, [])
    assert (holders(session, "keen"), holders(session, "twice")) == (3, 1)
    assert told(session) == set()
    assert session.scalars(sa.select(sa.func.count(StreamEvent.id))).one() == before


def test_who_did_it_is_in_the_audit_by_their_id(
    session: Session, people: list[Membership], teacher: Caller
) -> None:
    ask(teacher, {"from": TODAY, "unmet": "revoke", "notify": True})

    teaches = sa.select(Membership).where(Membership.role == "instructor")
    assert audited(session) == [
        {
            "course": teacher.course_id,
            "since": "2026-11-20T00:00:00+00:00",
            "unmet": "revoke",
            "notify": True,
            "spared": [],
            "by": session.scalars(teaches).one().user.public_id,
            "role": "instructor",
        }
    ]


def test_facts_before_a_day_count_no_more_and_awards_stay_unless_told(
    session: Session,
    people: list[Membership],
    teacher: Caller,
    clock: Clock,
) -> None:
    an_award(session, people[1], badge_of(session, "twice"))
    session.commit()

    kept = ask(teacher, {"from": TODAY}).json
    before = holders(session, "twice")
    clock.advance(timedelta(minutes=1))
    ended = ask(teacher, {"from": TODAY, "unmet": "revoke"}).json

    assert (kept["badges_awarded"], kept["badges_ended"], before) == (3, 0, 2)
    assert (ended["badges_awarded"], ended["badges_ended"]) == (0, 1)
    assert ended["losses"] == [{"badge": "twice", "people": 1}]
    # What a person gave stays.
    assert (holders(session, "twice"), holders(session, "keen")) == (1, 3)
    assert versions(session, "twice") == [1, 2]


def test_without_a_day_each_badge_begins_as_it_did(
    session: Session, people: list[Membership], teacher: Caller
) -> None:
    ask(teacher, {"from": TODAY})
    ask(teacher, {"from": None, "unmet": "keep"})

    starts = sa.select(BadgeVersion.effective_from).where(
        BadgeVersion.retired_at.is_(None)
    )
    session.rollback()
    days = {start.isoformat() for start in session.scalars(starts) if start}
    assert days == {"2026-11-20T00:00:00+00:00"}


def test_a_dry_run_says_the_same_and_writes_nothing(
    session: Session, people: list[Membership], teacher: Caller
) -> None:
    past = {"from": TODAY, "unmet": "revoke"}

    tried = ask(teacher, past, dry_run=True)
    before = (holders(session, "keen"), holders(session, "twice"))
    left = (versions(session, "twice"), audited(session), asked(session))
    done = ask(teacher, past)

    assert (tried.status_code, tried.json["state"]) == (200, "tried")
    assert {**tried.json, "state": "done"} == done.json
    assert tried.json["losses"] == [{"badge": "twice", "people": 1}]
    assert (before, left) == ((0, 1), ([1], [], []))


def test_of_two_at_the_same_time_each_award_is_given_once(
    app: OpenAPI, session: Session, course: Context, people: list[Membership]
) -> None:
    teachers = [
        a_caller(session, app.test_client(), of=course, role="instructor")
        for _ in range(2)
    ]
    ready = Barrier(2)

    def one(teacher: Caller) -> int:
        ready.wait()
        awarded: int = ask(teacher, {"from": TODAY}).json["badges_awarded"]
        return awarded

    with ThreadPoolExecutor(max_workers=2) as threads:
        assert sorted(threads.map(one, teachers)) == [0, 3]
    assert versions(session, "keen") == [1, 2]


@pytest.mark.parametrize("large", [False, True])
def test_it_costs_the_same_statements_whatever_the_class(
    app: OpenAPI,
    session: Session,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    large: bool,
) -> None:
    if large:
        let_it_be_large(monkeypatch)
    costs = []
    for number in (3, 30):
        course = a_live_course(session)
        for _ in range(number):
            hand_in(session, a_member(session, of=course), times=1)
        a_badge(session, of=course, key="keen", metric="events", threshold=1)
        teacher = a_caller(session, client, of=course, role="instructor")
        with statements(app) as sent:
            answer = ask(teacher, {"from": TODAY, "unmet": "revoke", "notify": True})
        costs.append(len(sent))
        assert answer.status_code == (202 if large else 200)

    assert costs[0] == costs[1]
