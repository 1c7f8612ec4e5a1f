"""A table that is sent twice with one key: its pieces are done once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from jobs.answers import GIVEN_UP, UNDER_WAY
from jobs.importing import CHUNK
from models import Award, Context, KeptAnswer
from tests.factories import a_badge, a_context
from tests.support.clock import Clock
from tests.support.importing import learners
from tests.support.launches import Caller, a_caller
from tests.support.triggers import refuse_rows

PEOPLE = CHUNK + 10
TABLE = "user,badge\n" + "".join(f"s{n},helper\n" for n in range(PEOPLE))
STILL = (
    "Idempotency-Key: The same is still being done: send it again in a minute for its "
    "answer."
)


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    a_badge(session, of=course, key="speaker")
    learners(session, course, PEOPLE)
    return course


@pytest.fixture
def teacher(app: OpenAPI, session: Session, course: Context) -> Caller:
    teacher = a_caller(session, app.test_client(), of=course, role="instructor")
    session.rollback()
    return teacher


def send(caller: Caller, table: str = TABLE) -> TestResponse:
    path = f"{caller.course}/awards/import"
    return caller.send_table(path, table, Idempotency_Key="one")


def at_once(app: OpenAPI, teacher: Caller, tables: list[str]) -> list[TestResponse]:
    callers = [replace(teacher, client=app.test_client()) for _ in tables]
    with ThreadPoolExecutor(max_workers=len(tables)) as threads:
        return list(threads.map(send, callers, tables))


def awarded(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Award)) or 0


def under_way(session: Session) -> None:
    """Let it look as if nobody had come to the end of it."""
    session.execute(sa.update(KeptAnswer).values(status=UNDER_WAY, body={}))
    session.commit()


def test_a_table_that_is_sent_four_times_at_once_is_done_once(
    app: OpenAPI, session: Session, teacher: Caller
) -> None:
    answers: list[Any] = at_once(app, teacher, [TABLE] * 4)

    after: Any = send(teacher)
    assert {answer.status_code for answer in answers} <= {200, 409}
    done = [answer.json for answer in answers if answer.status_code == 200]
    assert done == [after.json] * len(done)
    assert (after.json["granted"], after.json["held"]) == (PEOPLE, 0)
    assert awarded(session) == PEOPLE


def test_of_two_tables_with_one_key_at_once_one_is_done(
    app: OpenAPI, session: Session, teacher: Caller
) -> None:
    other = TABLE.replace("helper", "speaker")

    answers = at_once(app, teacher, [TABLE, other])

    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert awarded(session) == PEOPLE


def test_what_is_still_being_done_is_not_begun_again(
    session: Session, teacher: Caller
) -> None:
    send(teacher)
    under_way(session)

    same: Any = send(teacher)
    other = send(teacher, TABLE.replace("helper", "speaker"))

    assert (same.status_code, same.json["detail"]) == (409, STILL)
    assert other.status_code == 422
    assert awarded(session) == PEOPLE


def test_what_was_broken_off_may_be_done_again(
    session: Session, teacher: Caller, clock: Clock
) -> None:
    send(teacher)
    under_way(session)
    clock.advance(GIVEN_UP)

    answers: list[Any] = [send(teacher) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json["held"] for answer in answers] == [PEOPLE, PEOPLE]


def test_what_was_refused_leaves_its_key_free(
    session: Session, teacher: Caller
) -> None:
    refused = send(teacher, "who,what\n")
    answer: Any = send(teacher)

    assert (refused.status_code, answer.status_code) == (422, 200)
    assert answer.json["granted"] == PEOPLE


def test_what_failed_leaves_its_key_free(session: Session, teacher: Caller) -> None:
    refuse_rows(session, "award")

    answer = send(teacher)

    session.rollback()
    assert answer.status_code == 500
    assert session.scalars(sa.select(KeptAnswer)).all() == []
