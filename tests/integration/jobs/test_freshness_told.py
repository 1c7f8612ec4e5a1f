"""`GET …/sync`: how fresh a course is, for staff and programs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from campus.bad_pages import with_malformed_members
from campus.faults import status
from jobs.api_keys import COURSES_READ, PEOPLE_READ
from models import SyncState
from tests.factories import a_context
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program, problem
from tests.support.publishing import send
from tests.support.syncing import Desk

SOURCES = ["roster", "results"]


def told(caller: Caller) -> Any:  # noqa: ANN401 -- whatever JSON holds
    return caller.get(f"{caller.course}/sync").json


def states(caller: Caller) -> dict[str, str]:
    return {one["source"]: one["state"] for one in told(caller)["items"]}


def test_a_source_is_never_read_then_fresh_then_stale(
    desk: Desk, session: Session, clock: Clock
) -> None:
    client = desk.app.test_client()
    program = a_program(session, client, desk.context, COURSES_READ)
    before = told(program)
    desk.sync()
    fresh = told(program)["items"][0]
    clock.advance(timedelta(hours=3))

    assert [one["state"] for one in before["items"]] == ["never", "never"]
    assert before["items"][0]["succeeded_at"] is None
    assert (before["enabled"], before["waiting"], before["next"]) == (True, False, None)
    assert fresh.pop("next_attempt_at") > "2026-11-22T10:00:00Z"
    assert fresh == {
        "source": "roster",
        "state": "fresh",
        "succeeded_at": "2026-11-22T10:00:00Z",
        "attempted_at": "2026-11-22T10:00:00Z",
        "counts": {"new": 9, "people": 9, "left": 0},
        "dropped": {},
        "rows": [],
        "problem": None,
    }
    assert states(program) == dict.fromkeys(SOURCES, "stale")


def test_what_failed_is_told_with_what_to_do(desk: Desk, teacher: Caller) -> None:
    desk.registered.campus.faults.on("memberships", status(403))
    desk.sync()

    roster = told(teacher)["items"][0]

    assert roster["state"] == "failed"
    assert roster["problem"].startswith(
        "The platform does not let us use this service. Ask the platform's admin"
    )


def test_a_first_reading_that_goes_on_has_not_failed(
    desk: Desk, teacher: Caller
) -> None:
    course = desk.context.id
    desk.session.add(SyncState(context_id=course, source="roster", attempted_at=NOW))
    desk.session.commit()

    assert states(teacher) == {"roster": "running", "results": "never"}


def test_news_that_are_asked_for_are_waited_for(desk: Desk, teacher: Caller) -> None:
    teacher.send("POST", f"{teacher.course}/sync")

    assert told(teacher)["waiting"] is True


def test_scores_are_told_where_a_column_takes_them(
    ready: Desk, teacher: Caller
) -> None:
    send(ready)

    assert states(teacher) == {"roster": "fresh", "results": "fresh", "scores": "fresh"}


def test_where_rows_were_dropped_is_for_staff_alone(
    desk: Desk, session: Session, teacher: Caller
) -> None:
    desk.registered.campus.faults.on("memberships", with_malformed_members())
    desk.sync()
    program = a_program(session, teacher.client, desk.context, COURSES_READ)
    assistant = a_caller(session, teacher.client, of=desk.context, role="assistant")

    seen, outside = told(teacher)["items"][0], told(program)["items"][0]

    assert sum(seen["dropped"].values()) == 10
    assert seen["rows"][0] == "page 1, row 1: no object"
    assert outside == {**seen, "rows": []}
    assert told(assistant)["items"][0] == seen


@pytest.mark.parametrize("off", ["tenant", "course"])
def test_off_nothing_is_read_and_nothing_told(
    desk: Desk, teacher: Caller, off: str
) -> None:
    (desk.context.tenant if off == "tenant" else desk.context).enabled = False
    desk.session.commit()

    nothing = {"enabled": False, "waiting": False, "items": [], "next": None}
    assert told(teacher) == nothing


def test_who_may_not_ask_and_what_is_not_there(
    desk: Desk, session: Session, teacher: Caller
) -> None:
    client, theirs = teacher.client, a_context(session).public_id
    program = a_program(session, client, desk.context, COURSES_READ)
    learner = a_caller(session, client, of=desk.context)
    other = a_program(session, client, desk.context, PEOPLE_READ)

    for caller in (learner, other):
        assert problem(caller.get(f"{caller.course}/sync"))[0] == 403
    for caller in (teacher, program):
        assert problem(caller.get(f"/api/v1/courses/{theirs}/sync"))[0] == 404
