"""`flask sync` and `flask worker --list`, as an operator types them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from time import sleep

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI

from campus.bad_pages import with_malformed_members
from campus.faults import changed, status
from jobs.turns import turn
from models import ScoreItem, SyncState
from models.db import db
from tests.support.clock import NOW, Clock
from tests.support.publishing import send
from tests.support.syncing import Desk


def typed(app: OpenAPI, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=[*words])


def name_of(desk: Desk) -> str:
    return f"acme {desk.context.public_id} {desk.context.title}"


@pytest.fixture
def name(desk: Desk) -> str:
    found = name_of(desk)
    desk.session.rollback()
    return found


def test_sync_run_says_what_came_of_each_course(desk: Desk, name: str) -> None:
    result = typed(desk.app, "sync", "run")

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{name}: roster new 9, people 9, left 0",
        f"{name}: results items 2, gone 0, results 3, recorded 6, awards 2",
    ]


def test_sync_run_names_the_rows_it_dropped(desk: Desk) -> None:
    desk.registered.campus.faults.on("memberships", with_malformed_members())

    result = typed(desk.app, "sync", "run")

    assert result.output.splitlines()[0].endswith(
        "dropped 10: page 1, row 1: no object; page 1, row 2: no object; page 1, row 3: "
        "no object; page 1, row 4: no user id; page 1, row 5: no user id; page 1, row 6: "
        "no user id; page 1, row 7: no user id; page 1, row 8, person "
        f"{fingerprint('no-roles')}: no roles; page 1, row 9, person "
        f"{fingerprint('roles-are-text')}: no roles; page 1, row 11, person "
        f"{fingerprint('odd-status')}: unknown status"
    )
    assert typed(desk.app, "sync", "status").output.count("dropped 10: page 1") == 1


def test_sync_run_does_not_wait_for_ever(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.commands.sync.PATIENCE_SECONDS", 0)
    course = desk.context.id
    desk.session.rollback()

    with desk.app.app_context(), turn(db.session(), course):
        result = typed(desk.app, "sync", "run")

    assert result.exit_code == 1
    assert result.output.splitlines()[0] == (
        f"{name}: the worker reads this course at the moment; try again soon"
    )


def test_sync_run_waits_for_its_turn(desk: Desk) -> None:
    course = desk.context.id
    desk.session.rollback()

    def command() -> Result:
        return typed(desk.app, "sync", "run")

    with ThreadPoolExecutor() as threads:
        with desk.app.app_context(), turn(db.session(), course):
            running = threads.submit(command)
            sleep(0.5)
            assert not running.done()
        assert running.result().exit_code == 0


def fingerprint(sub: str) -> str:
    return sha256(sub.encode()).hexdigest()[:12]


def test_sync_run_names_twenty_dropped_rows_and_counts_the_others(desk: Desk) -> None:
    nobodies = changed(lambda body: {"members": [*body["members"], *[{}] * 25]})  # type: ignore[index] # a roster
    desk.registered.campus.faults.on("memberships", nobodies)

    said = typed(desk.app, "sync", "run").output.splitlines()[0]

    assert ", dropped 25: " in said
    assert said.count("no user id") == 20
    assert said.endswith("; and 5 more")


def test_sync_run_names_what_it_dropped_before_it_failed(desk: Desk) -> None:
    faults = desk.registered.campus.faults
    nobody = changed(lambda rows: [{}, *rows])  # type: ignore[misc] # a list of results
    faults.on("results", nobody, times=1)
    faults.on("results", status(503))

    said = typed(desk.app, "sync", "run").output

    assert "try again by ourselves. dropped 1: “" in said


def test_sync_run_exits_1_when_a_course_could_not_be_read(
    desk: Desk, name: str
) -> None:
    desk.registered.campus.faults.on("memberships", status(503))

    result = typed(desk.app, "sync", "run")

    assert result.exit_code == 1
    assert f"{name}: roster The platform answers with status 503." in result.output
    assert "1 of 1 courses need a look" in result.output


def test_sync_run_asks_a_platform_that_is_being_left_alone(desk: Desk) -> None:
    desk.registered.campus.faults.on("memberships", status(503), times=1)
    typed(desk.app, "sync", "run")

    assert typed(desk.app, "sync", "run").exit_code == 0


@pytest.mark.parametrize("column", ["public_id", "lti_id"])
def test_a_course_is_named_by_our_id_or_the_platforms(desk: Desk, column: str) -> None:
    course = getattr(desk.context, column)
    desk.session.rollback()

    assert typed(desk.app, "sync", "run", "--course", course).exit_code == 0
    assert typed(desk.app, "sync", "run", "--tenant", "acme").exit_code == 0


@pytest.mark.parametrize("words", [("--tenant", "nobody"), ("--course", "none")])
def test_a_course_nobody_knows_is_an_error(desk: Desk, words: tuple[str, str]) -> None:
    for command in ("run", "status"):
        result = typed(desk.app, "sync", command, *words)

        assert result.exit_code == 1
        assert "There is no such course" in result.output


def test_sync_run_says_which_switch_is_off(desk: Desk, name: str) -> None:
    desk.context.enabled = False
    desk.session.commit()

    for command in ("run", "status"):
        result = typed(desk.app, "sync", command)
        assert result.exit_code == 0
        assert result.output == f"{name}: off (course), nothing is read\n"
    assert desk.registered.campus.traffic.requests() == ()


def test_many_leavers_pass_by_the_operators_word(desk: Desk) -> None:
    typed(desk.app, "sync", "run")
    few = changed(lambda body: {"members": body["members"][:2]})  # type: ignore[index] # a roster
    desk.registered.campus.faults.on("memberships", few)

    held = typed(desk.app, "sync", "run")
    accepted = typed(desk.app, "sync", "run", "--accept-leavers")

    assert (held.exit_code, accepted.exit_code) == (1, 0)
    assert "lacks 7 of 9 people" in held.output
    assert "left 7" in accepted.output


def test_sync_status_says_how_old_each_source_is(
    desk: Desk, clock: Clock, name: str
) -> None:
    assert typed(desk.app, "sync", "status").output.splitlines() == [
        f"{name}: roster was never read.",
        f"{name}: results was never read.",
    ]
    typed(desk.app, "sync", "run")

    clock.advance(timedelta(minutes=12))
    roster, results = typed(desk.app, "sync", "status").output.splitlines()
    assert roster == f"{name}: roster fresh, 12 min old, new 9, people 9, left 0."
    assert results.startswith(f"{name}: results fresh, 12 min old, items 2, gone 0,")
    clock.advance(timedelta(hours=2))
    assert "roster stale, 132 min old" in typed(desk.app, "sync", "status").output


def test_sync_status_says_what_failed_and_what_to_do(desk: Desk, name: str) -> None:
    desk.registered.campus.faults.on("memberships", status(403))
    typed(desk.app, "sync", "run")

    assert typed(desk.app, "sync", "status").output.splitlines()[0] == (
        f"{name}: roster failed. The platform does not let us use this service. "
        "Ask the platform's administrator to allow it for this tool; "
        "if the tool was made anew, open it in the course once."
    )


def test_a_try_that_failed_takes_nothing_back(
    desk: Desk, clock: Clock, name: str
) -> None:
    typed(desk.app, "sync", "run")
    desk.registered.campus.faults.on("memberships", status(403))
    clock.advance(timedelta(minutes=7))
    typed(desk.app, "sync", "run")
    clock.advance(timedelta(minutes=5))

    assert typed(desk.app, "sync", "status").output.splitlines()[0] == (
        f"{name}: roster fresh, 12 min old, new 9, people 9, left 0; the last try "
        "failed. The platform does not let us use this service. Ask the platform's "
        "administrator to allow it for this tool; "
        "if the tool was made anew, open it in the course once."
    )


def test_a_source_that_is_being_read_for_the_first_time_has_not_failed(
    desk: Desk, name: str
) -> None:
    state = SyncState(context_id=desk.context.id, source="roster", attempted_at=NOW)
    desk.session.add(state)
    desk.session.commit()

    said = typed(desk.app, "sync", "status").output.splitlines()[0]

    assert said == f"{name}: roster is being read."


def test_sync_status_says_what_became_of_scores(
    ready: Desk, clock: Clock, name: str
) -> None:
    assert scores_line(ready, name) == "was never sent."
    send(ready)
    assert scores_line(ready, name) == "fresh, 0 min old, accepted 2."
    clock.advance(timedelta(minutes=5))
    send(ready)
    clock.advance(timedelta(minutes=3))

    assert scores_line(ready, name) == "fresh, 3 min old, nothing new."


def test_sync_status_says_why_scores_were_not_sent(ready: Desk, name: str) -> None:
    ready.registered.campus.faults.on("scores", status(503))

    send(ready)

    assert scores_line(ready, name) == (
        "failed. The platform answers with status 503. Nothing to do: we try again by "
        "ourselves."
    )


def test_sync_status_names_no_scores_without_a_column(ready: Desk) -> None:
    send(ready)
    ready.session.execute(sa.update(ScoreItem).values(gone_at=NOW))
    ready.session.commit()

    assert "scores" not in typed(ready.app, "sync", "status").output


def scores_line(desk: Desk, name: str) -> str:
    """Return what the command says of a course's scores, its last line."""
    said = typed(desk.app, "sync", "status").output.splitlines()[-1]
    return said.removeprefix(f"{name}: scores ")


def test_the_worker_lists_what_happens_by_itself(app: OpenAPI) -> None:
    assert typed(app, "worker", "--list").output.splitlines() == [
        "sweep_outbox: every minute",
        "sync_due_courses: each course every 60 minutes",
        "recompute: every day at 05:20 (UTC)",
        "tick: every hour",
        "clean_up: every hour",
        "publish_due_scores: every minute",
        "end_awards: every minute",
        "send_deliveries: every minute",
        "remind: every day at 07:00 (UTC)",
        "show_due_boards: every minute",
        "deal_due_leagues: every minute",
        "seal_audit: every minute",
        "seal_late_entries: every day at 05:20 (UTC)",
    ]
