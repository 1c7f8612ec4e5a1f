"""A teacher makes a code, learners say it, and nobody finds one by guessing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.decisions import Revocation, revoke
from models import Award, Badge, ClaimAttempt, ClaimCode, Context
from models.base import Base
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import IRIS, an_award, award_named, noted, told
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller

DAY = timedelta(days=1)
TOMORROW = "2026-11-23T10:00:00Z"
WRONG = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is nothing for this code here.",
}


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    session.commit()
    return course


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def made(teacher: Caller, **named: object) -> Any:  # noqa: ANN401 -- JSON
    body = {"badge": "helper", "uses": 2, "expires_at": TOMORROW, **named}
    answer = teacher.send("POST", f"{teacher.course}/codes", body)
    assert answer.status_code == 201
    return answer.json


def said(caller: Caller, code: str) -> tuple[int, Any]:
    answer = caller.send("POST", "/api/v1/me/claims", {"code": code})
    return answer.status_code, answer.json


def counted(session: Session, model: type[Base]) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_learner_says_a_code_and_has_the_badge(
    client: FlaskClient, session: Session, course: Context, teacher: Caller
) -> None:
    code = made(teacher)
    ada = a_member(session, of=course)
    learner = a_caller(session, client, member=ada)

    status, award = said(learner, code["code"])

    assert status == 201
    assert (award["badge"], award["origin"]) == ("helper", "code")
    assert award["evidence"] == {"role": "instructor", "code": code["id"]}
    session.rollback()
    kept = award_named(session, award["id"])
    assert kept.membership_id == ada.id
    assert told(session) == [("award", "member", ada.id, {"award": kept.id})]
    assert [action for action, *_ in noted(session)] == ["code_made", "award_granted"]


def test_a_code_is_read_however_it_is_typed(
    client: FlaskClient, session: Session, course: Context, teacher: Caller
) -> None:
    code = made(teacher)["code"]
    spellings = [code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "]

    answers = [
        said(a_caller(session, client, of=course), spelling)[0]
        for spelling in spellings
    ]

    assert answers == [201, 201, 404]  # it was good for two


def test_who_has_the_badge_uses_nothing_up(
    client: FlaskClient, session: Session, course: Context, teacher: Caller
) -> None:
    code = made(teacher)
    learner = a_caller(session, client, of=course)

    answers = [said(learner, code["code"]) for _ in range(3)]

    assert [status for status, _ in answers] == [201, 200, 200]
    assert len({award["id"] for _, award in answers}) == 1
    assert listed(teacher) == [{**without_word(code), "used": 1}]


def without_word(code: Any) -> Any:  # noqa: ANN401 -- JSON
    return {name: value for name, value in code.items() if name != "code"}


def listed(teacher: Caller) -> Any:  # noqa: ANN401 -- JSON
    answer = teacher.get(f"{teacher.course}/codes").json
    assert answer is not None
    return answer["items"]


def test_only_a_hash_of_a_code_is_kept(
    client: FlaskClient, session: Session, teacher: Caller
) -> None:
    word = made(teacher)["code"]

    session.rollback()
    (code,) = session.scalars(sa.select(ClaimCode))
    columns = sa.inspect(ClaimCode).columns
    kept = " ".join(str(getattr(code, column.key)) for column in columns)

    assert word not in kept
    assert word.replace("-", "") not in kept
    assert word not in teacher.get(f"{teacher.course}/codes").text


def test_every_wrong_code_is_answered_alike(
    client: FlaskClient,
    session: Session,
    course: Context,
    teacher: Caller,
    clock: Clock,
) -> None:
    ended, over = made(teacher), made(teacher, expires_at="2026-11-22T10:05:00Z")
    used_up = made(teacher, uses=1)
    elsewhere = a_context(session)
    a_badge(session, of=elsewhere, key="helper")
    others = a_caller(session, client, of=elsewhere, role="instructor")
    said(a_caller(session, client, of=course), used_up["code"])
    teacher.send("DELETE", f"{teacher.course}/codes/{ended['id']}")
    words = [code["code"] for code in (ended, over, used_up, made(others))]
    clock.advance(timedelta(minutes=5))
    learner = a_caller(session, client, of=course)

    answers = [said(learner, word) for word in [*words, "ABCD-EFGH-2345", "é", "\0"]]

    assert answers == [(404, WRONG)] * len(answers)
    states = ["used_up", "expired", "revoked"]
    assert [code["state"] for code in listed(teacher)] == states


def test_while_a_switch_is_off_a_code_gives_nothing(
    client: FlaskClient, session: Session, course: Context, teacher: Caller
) -> None:
    code = made(teacher)["code"]
    learner = a_caller(session, client, of=course)
    switched = session.get_one(Context, course.id)

    switched.enabled = False
    session.commit()
    off = said(learner, code)
    switched.enabled = True
    session.commit()
    on, _ = said(learner, code)

    assert (off, on) == ((404, WRONG), 201)
    assert counted(session, Award) == 1


def test_nobody_goes_on_guessing(
    client: FlaskClient,
    session: Session,
    course: Context,
    teacher: Caller,
    clock: Clock,
) -> None:
    code = made(teacher)["code"]
    ada = a_member(session, of=course)
    first, second = (a_caller(session, client, member=ada) for _ in range(2))

    wrong = [said(caller, "ABCD")[0] for caller in (first, second) for _ in range(5)]
    answer = second.send("POST", "/api/v1/me/claims", {"code": code})
    other = said(a_caller(session, client, of=course), code)[0]
    clock.advance(timedelta(minutes=10))
    later = said(first, code)[0]

    assert wrong == [404] * 10
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert (other, later) == (201, 201)
    assert counted(session, ClaimAttempt) == 10


def test_what_was_revoked_is_not_claimed_back(
    client: FlaskClient, session: Session, course: Context, teacher: Caller
) -> None:
    code = made(teacher)["code"]
    ada = a_member(session, of=course)
    badge = session.scalars(sa.select(Badge)).one()
    revoke(session, an_award(session, ada, badge), Revocation("copied"), IRIS, NOW)
    learner = a_caller(session, client, member=ada)

    status, problem = said(learner, code)

    assert status == 409
    assert problem["detail"] == "user: it was revoked, and nobody has lifted that"
    assert [code["used"] for code in listed(teacher)] == [0]


def test_a_code_that_makes_no_sense_is_not_made(
    teacher: Caller, session: Session
) -> None:
    bodies = [
        {"badge": "nothing", "uses": 1, "expires_at": TOMORROW},
        {"badge": "helper", "uses": 0, "expires_at": TOMORROW},
        {"badge": "helper", "uses": 1, "expires_at": "2026-11-22T10:00:00Z"},
        {"badge": "helper", "uses": 1},
    ]

    answers = [
        teacher.send("POST", f"{teacher.course}/codes", body).status_code
        for body in bodies
    ]

    assert answers == [422] * len(bodies)
    assert counted(session, ClaimCode) == 0


def test_of_many_who_say_a_code_at_once_as_many_get_it_as_it_is_good_for(
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    course: Context,
    teacher: Caller,
) -> None:
    code = made(teacher, uses=3)["code"]
    learners = [a_caller(session, app.test_client(), of=course) for _ in range(8)]

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(lambda learner: said(learner, code)[0], learners))

    assert sorted(answers) == [201] * 3 + [404] * 5
    assert counted(session, Award) == 3
    assert [code["used"] for code in listed(teacher)] == [3]
