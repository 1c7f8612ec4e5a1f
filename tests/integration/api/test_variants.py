"""`/me/variants` and `/me/exposures`: what one sees, and that one sees it."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, Exposure, Membership, VariantAssignment
from models.locks import lock_course
from tests.factories import a_context, a_member
from tests.support.clock import Clock
from tests.support.experiments import PLAN, a_running_experiment, expose
from tests.support.launches import Caller, a_caller
from tests.support.programs import problem

NOT_ON = "There is no such experiment here at the moment: show what is usual."
BEFORE_MIDNIGHT = "Pacific/Chatham"
"""Where it is 23:45 when a test begins."""


@pytest.fixture
def me(session: Session, client: FlaskClient, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


def variants(caller: Caller) -> Any:  # noqa: ANN401 -- whatever JSON holds
    answer = caller.get("/api/v1/me/variants")
    assert answer.status_code == 200
    assert answer.json is not None
    return answer.json["items"]


def rows(session: Session) -> tuple[int, int]:
    """Count the assignments and the exposures there are."""
    session.rollback()
    found = [
        len(session.scalars(sa.select(model.membership_id)).all())
        for model in (VariantAssignment, Exposure)
    ]
    return found[0], found[1]


def test_a_variant_is_read_without_a_trace_and_shown_with_one(
    me: Caller, session: Session, course: Context, clock: Clock
) -> None:
    a_running_experiment(session, course)
    session.commit()

    read = [variants(me) for _ in range(2)]
    unread = rows(session)
    shown = [expose(me) for _ in range(2)]
    clock.advance(timedelta(minutes=59))
    shown.append(expose(me))

    (mine,) = read[0]
    assert read == [[mine], [mine]]
    assert mine.keys() == {"key", "kind", "variant"}
    assert (mine["key"], mine["kind"]) == ("board", "board_form")
    assert mine["variant"] in PLAN["variants"]
    assert [(one.status_code, one.json) for one in shown] == [(200, mine)] * 3
    assert (unread, rows(session)) == ((0, 0), (1, 1))


@pytest.mark.parametrize("role", ["assistant", "instructor", "admin"])
def test_staff_are_told_a_variant_and_nothing_is_written_of_them(
    session: Session, client: FlaskClient, course: Context, role: str
) -> None:
    a_running_experiment(session, course)
    a_running_experiment(session, course, "words")
    staff = a_caller(session, client, of=course, role=role)

    shown = [expose(staff, key) for key in ("board", "words")]

    assert [one.status_code for one in shown] == [200, 200]
    assert [one.json for one in shown] == variants(staff)
    assert rows(session) == (0, 0)


def test_a_learner_who_becomes_staff_goes_on_seeing_it_and_is_noted_no_more(
    me: Caller, session: Session, course: Context, ada: Membership, clock: Clock
) -> None:
    course.time_zone = BEFORE_MIDNIGHT
    a_running_experiment(session, course)
    session.commit()
    seen = expose(me).json
    ada.role = "assistant"
    session.commit()
    clock.advance(timedelta(minutes=59))
    another = me.get("/api/v1/me/variants").json

    assert (expose(me).json, another) == (seen, {"items": [seen], "next": None})
    assert rows(session) == (1, 1)


def test_who_waits_for_a_course_that_is_turned_off_sees_no_variant(
    me: Caller, session: Session, course: Context
) -> None:
    a_running_experiment(session, course)
    session.commit()
    lock_course(session, course.id)
    course.enabled = False
    session.flush()

    with ThreadPoolExecutor(max_workers=1) as threads:
        asked = threads.submit(expose, me)
        early, _ = wait([asked], timeout=0.5)
        session.commit()

    assert early == set()
    assert problem(asked.result()) == (404, NOT_ON)
    assert rows(session) == (0, 0)


def test_another_day_is_another_exposure(
    me: Caller, session: Session, course: Context, clock: Clock
) -> None:
    course.time_zone = BEFORE_MIDNIGHT
    a_running_experiment(session, course)
    session.commit()

    expose(me)
    clock.advance(timedelta(minutes=59))
    expose(me)

    session.rollback()
    days = session.scalars(sa.select(Exposure.day).order_by(Exposure.day))
    assert [day.isoformat() for day in days] == ["2026-11-22", "2026-11-23"]
    assert rows(session) == (1, 2)


@pytest.mark.parametrize("state", ["off", "ended"])
def test_what_is_not_on_is_as_if_it_were_not_there(
    me: Caller, session: Session, course: Context, state: str
) -> None:
    a_running_experiment(session, course, state=state)
    a_running_experiment(session, a_context(session), "elsewhere")
    session.commit()

    refused = [expose(me, key) for key in ("board", "elsewhere", "nowhere")]

    assert variants(me) == []
    assert [problem(one) for one in refused] == [(404, NOT_ON)] * 3
    assert rows(session) == (0, 0)


def test_in_a_course_that_is_off_nobody_sees_a_variant(
    me: Caller, session: Session, course: Context
) -> None:
    a_running_experiment(session, course)
    course.enabled = False
    session.commit()

    assert variants(me) == []
    assert problem(expose(me)) == (404, NOT_ON)
    assert rows(session) == (0, 0)


def test_one_reads_nothing_of_weights_of_other_variants_or_of_others(
    me: Caller, session: Session, client: FlaskClient, course: Context
) -> None:
    a_running_experiment(session, course)
    a_running_experiment(session, course, "later", state="off")
    others = [a_member(session, of=course, name="Zora") for _ in range(6)]
    for other in others:
        expose(a_caller(session, client, member=other))

    told = expose(me).text + me.get("/api/v1/me/variants").text
    refused = me.get(f"{me.course}/experiments")

    mine = variants(me)[0]["variant"]
    (another,) = PLAN["variants"].keys() - {mine}
    for word in (another, "50", "later", "Zora", "people", "assigned"):
        assert word not in told
    assert problem(refused)[0] == 403


def test_members_of_two_courses_have_a_variant_in_each(
    session: Session, client: FlaskClient, course: Context, ada: Membership
) -> None:
    another = a_context(session, registration=course.registration)
    there = Membership(
        context_id=another.id,
        user_id=ada.user_id,
        name="Ada",
        first_seen_at=ada.first_seen_at,
    )
    session.add(there)
    session.flush()
    a_running_experiment(session, course)
    a_running_experiment(session, another, "elsewhere")

    callers = [a_caller(session, client, member=one) for one in (ada, there)]

    assert [[one["key"] for one in variants(caller)] for caller in callers] == [
        ["board"],
        ["elsewhere"],
    ]
    assert [expose(callers[0], key).status_code for key in ("board", "elsewhere")] == [
        200,
        404,
    ]


def test_who_is_back_sees_what_they_saw(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    experiment = a_running_experiment(session, course)
    session.commit()
    seen = expose(me).json
    for status in ("left", "active"):
        ada.status = status
        session.commit()
    experiment.state = "off"
    session.commit()
    paused = variants(me)
    experiment.state = "on"
    session.commit()

    assert (paused, variants(me), expose(me).json) == ([], [seen], seen)


def test_of_eight_looks_at_once_one_assigns(
    app: OpenAPI, session: Session, course: Context, ada: Membership
) -> None:
    a_running_experiment(session, course)
    windows = [a_caller(session, app.test_client(), member=ada) for _ in range(8)]

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(expose, windows))

    assert {one.status_code for one in answers} == {200}
    assert len({one.json["variant"] for one in answers}) == 1
    assert rows(session) == (1, 1)


def test_what_is_assigned_while_variants_go_is_one_that_stays(
    app: OpenAPI, session: Session, course: Context
) -> None:
    a_running_experiment(session, course)
    teacher = a_caller(session, app.test_client(), of=course, role="instructor")
    learners = [a_caller(session, app.test_client(), of=course) for _ in range(7)]
    other = {**PLAN, "variants": {"hidden": 1, "absolute": 1}}
    path = f"{teacher.course}/experiments/board"

    with ThreadPoolExecutor(max_workers=8) as threads:
        first = threads.submit(expose, learners[0])
        changed = threads.submit(teacher.send, "PUT", path, other)
        seen = [first, *(threads.submit(expose, one) for one in learners[1:])]

    left: Any = teacher.get(path).json
    assert changed.result().status_code in (200, 409)
    assert {one.result().json["variant"] for one in seen} <= left["variants"].keys()
    assert sum(left["people"].values()) == 7


def test_what_one_was_shown_is_in_what_is_kept_about_oneself(
    me: Caller, session: Session, client: FlaskClient, course: Context
) -> None:
    for key in ("board", "words"):
        a_running_experiment(session, course, key)
    expose(a_caller(session, client, of=course), "words")
    seen: Any = expose(me).json

    kept = (me.get("/api/v1/me/data").json or {})["kept"]

    assert kept["experiments"] == [
        {
            "experiment": "board",
            "variant": seen["variant"],
            "assigned_at": "2026-11-22T10:00:00Z",
        }
    ]
    assert kept["exposures"] == [
        {"experiment": "board", "variant": seen["variant"], "day": "2026-11-22"}
    ]
