"""When a course is read, how often, and what that costs everybody else."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Response
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.faults import Honest, status
from config import Config
from jobs import sync
from jobs.freshness import freshness
from jobs.sync import sync_due_courses
from models import Outbox, Registration, Tenant
from models.db import db
from tests.support.clock import NOW, Clock
from tests.support.syncing import Desk, a_course
from tests.support.triggers import QUOTED, refuse_rows

OUR_FAULT = r"Something went wrong on our side; the log has it as [0-9a-f]{10}\."


def waiting(session: Session) -> list[str]:
    session.expire_all()
    return sorted(session.scalars(sa.select(Outbox.job)))


def switch_off(desk: Desk, switch: str) -> None:
    session, config = desk.session, desk.app.extensions["laurel"]
    if switch == "environment":
        off = replace(config, gamification_enabled=False)
        desk.app.extensions["laurel"] = off
    elif switch == "tenant":
        session.execute(sa.update(Tenant).values(enabled=False))
    elif switch == "course":
        desk.context.enabled = False
    else:
        session.execute(sa.update(Registration).values(state="disabled"))
    session.commit()


SWITCHES = ["environment", "tenant", "course", "registration"]


@pytest.mark.parametrize("switch", SWITCHES)
def test_nothing_is_fetched_about_a_course_that_is_off(desk: Desk, switch: str) -> None:
    switch_off(desk, switch)

    report = desk.sync()

    assert report.sources == ()
    assert desk.registered.campus.traffic.requests() == ()


@pytest.mark.parametrize("switch", SWITCHES)
def test_nobody_asks_for_a_course_that_is_off(desk: Desk, switch: str) -> None:
    switch_off(desk, switch)

    assert not desk.ask(now_please=True)
    with desk.app.app_context():
        assert sync_due_courses() == 0
    assert waiting(desk.session) == []


def test_a_course_whose_platform_offers_nothing_is_not_asked_for(desk: Desk) -> None:
    desk.context.memberships_url = desk.context.lineitems_url = None
    desk.session.commit()

    assert not desk.ask(now_please=True)
    assert desk.sync().ok


def test_many_launches_ask_once(desk: Desk) -> None:
    assert [desk.ask() for _ in range(5)] == [True] * 5

    assert waiting(desk.session) == ["sync_course"]


def test_a_launch_does_not_ask_again_within_five_minutes(
    desk: Desk, clock: Clock
) -> None:
    desk.sync()

    assert not desk.ask()
    clock.advance(timedelta(minutes=6))
    assert desk.ask()


def test_a_launch_leaves_a_platform_alone_that_failed(desk: Desk, clock: Clock) -> None:
    desk.registered.campus.faults.on("token", status(503, retry_after=3600))
    desk.sync()
    clock.advance(timedelta(minutes=30))

    assert not desk.ask()
    assert desk.ask(now_please=True)
    # The first look at a course brings its badges: that asks for an evaluation.
    assert waiting(desk.session) == ["evaluate_course", "sync_course_now"]


def test_a_human_may_ask_at_any_time(desk: Desk) -> None:
    desk.sync()

    assert desk.ask(now_please=True)


def due(app: OpenAPI) -> int:
    with app.app_context():
        return sync_due_courses()


def test_a_course_is_due_an_hour_after_it_was_read(desk: Desk, clock: Clock) -> None:
    assert due(desk.app) == 1
    desk.sync()

    clock.advance(timedelta(minutes=59))
    assert due(desk.app) == 0

    clock.advance(timedelta(minutes=2))
    assert due(desk.app) == 1


def test_who_waits_longest_is_read_first(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sync()
    clock.advance(timedelta(hours=2))
    fresh = a_course(desk.session, desk.registered, lti_id="fresh").id
    desk.session.rollback()
    monkeypatch.setattr(sync, "DUE_AT_ONCE", 1)

    assert due(desk.app) == 1
    asked = sa.select(Outbox.subject_id).where(Outbox.job == "sync_course")
    assert desk.session.scalars(asked).all() == [fresh]


def test_a_course_that_is_being_read_is_not_due(desk: Desk) -> None:
    seen = []

    def look(honest: Honest) -> Response:
        seen.append(due(desk.app))
        return honest()

    desk.registered.campus.faults.on("results", look)

    desk.sync()

    assert seen == [0, 0]


def test_a_platform_that_is_down_is_asked_ever_less_often(
    desk: Desk, clock: Clock
) -> None:
    desk.registered.campus.faults.on("token", status(500))
    pauses = []
    for _ in range(4):
        desk.sync()
        after = desk.state("roster").next_attempt_at
        assert after is not None
        pauses.append((after - clock()) / timedelta(minutes=1))
        clock.moment = after

    doubled = zip(pauses, [1, 2, 4, 8], strict=True)
    assert all(least <= pause <= 1.25 * least for pause, least in doubled)


def test_a_source_that_failed_does_not_keep_the_other_waiting(
    desk: Desk, clock: Clock
) -> None:
    busy = status(429, retry_after=7200)
    desk.registered.campus.faults.on("memberships", busy, times=1)
    desk.sync(now_please=False)
    clock.advance(timedelta(minutes=61))

    report = desk.sync(now_please=False)

    assert [source.source for source in report.sources] == ["results"]


def test_a_fault_of_ours_costs_one_source_and_is_tried_again_soon(
    desk: Desk, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_rows(desk.session, "membership")

    report = desk.sync()

    roster, results = report.sources
    assert not report.ok
    assert (results.error, desk.state("results").counts["items"]) == (None, 2)
    assert re.fullmatch(OUR_FAULT, roster.error or "")
    state = desk.state("roster")
    assert (state.error, state.failures) == (roster.error, 1)
    assert state.next_attempt_at is not None
    assert state.next_attempt_at - clock() < timedelta(minutes=2)
    assert "in store" in caplog.text
    assert QUOTED not in caplog.text


def test_no_transaction_is_open_while_a_platform_thinks(desk: Desk) -> None:
    seen = []

    def look(honest: Honest) -> Response:
        with desk.app.app_context():
            pool = db.engine.pool
            assert isinstance(pool, sa.QueuePool)
            seen.append(pool.checkedout())
        return honest()

    for endpoint in ("token", "memberships", "lineitems", "results"):
        desk.registered.campus.faults.on(endpoint, look)

    assert desk.sync().ok
    assert set(seen) == {0}


def test_the_panel_learns_how_fresh_it_is(desk: Desk, clock: Clock) -> None:
    def now_fresh() -> tuple[bool, bool, object]:
        with desk.app.app_context():
            found = freshness(desk.session, desk.session.merge(desk.context))
        return found.is_stale, found.is_waiting, found.as_of

    assert now_fresh() == (True, False, None)
    desk.ask()
    assert now_fresh() == (True, True, None)
    desk.sync()
    assert now_fresh()[::2] == (False, NOW)
    clock.advance(timedelta(hours=3))
    assert now_fresh()[::2] == (True, NOW)


def test_the_signature_of_a_sync_needs_no_key_made_before(desk: Desk) -> None:
    """The first call of a fresh installation makes our first key."""
    assert desk.sync().ok


def test_another_process_may_have_turned_the_course_off(
    desk: Desk, config: Config
) -> None:
    desk.sync()
    switch_off(desk, "course")
    desk.registered.campus.traffic.clear()

    with desk.app.app_context():
        sync.sync_course_now(desk.context.id)

    assert desk.registered.campus.traffic.requests() == ()
