"""A badge that is retired: who had it still reads what became of it, nobody else does."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Award, Context, Membership
from tests.factories import a_badge, a_member
from tests.support.badges import get, put
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller, a_live_course
from tests.support.markup import text_of

LOST = "It was taken back on 22 November 2026: copied."


@pytest.fixture
def course(session: Session) -> Context:
    course = a_live_course(session)
    a_badge(session, of=course, key="thanked")
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course, name="Ada")
    session.commit()
    return ada


@pytest.fixture
def ben(session: Session, course: Context) -> Membership:
    ben = a_member(session, of=course, name="Ben")
    session.commit()
    return ben


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


@pytest.fixture
def me(session: Session, client: FlaskClient, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


@pytest.fixture
def other(session: Session, client: FlaskClient, ben: Membership) -> Caller:
    return a_caller(session, client, member=ben)


def give(teacher: Caller, to: Membership) -> str:
    body = {"badge": "thanked", "user": to.user.public_id, "reason": "week 3"}
    given: Any = teacher.send("POST", f"{teacher.course}/awards", body).json
    return f"{teacher.course}/awards/{given['id']}"


def retire(teacher: Caller) -> None:
    retired = {**get(teacher, "thanked").json, "state": "retired"}
    assert put(teacher, "thanked", retired).status_code == 200


def standing(caller: Caller, user: str = "") -> Any:  # noqa: ANN401 -- an answer of the client
    query = f"?user={user}" if user else ""
    return caller.get(f"{caller.course}/badges/thanked/standing{query}")


def listed(caller: Caller) -> set[str]:
    told: Any = caller.get(f"{caller.course}/badges").json
    return {badge["key"] for badge in told["items"]}


def test_who_lost_a_badge_reads_why_after_it_was_retired(
    me: Caller, teacher: Caller, ada: Membership
) -> None:
    award = give(teacher, ada)
    teacher.send("DELETE", award, {"reason": "copied"})
    retire(teacher)

    own, staff = standing(me), standing(teacher, ada.user.public_id)
    page = text_of(me.get("/panel/badges/thanked").text)

    assert (own.status_code, staff.status_code) == (200, 200)
    assert own.json["why"] == staff.json["why"]
    assert own.json["why"] == [LOST, "It is retired: nobody is given it any more."]
    assert (own.json["badge"]["earned"], own.json["badge"]["missing"]) == (False, [])
    assert f"Retired {LOST} This badge is retired" in page
    assert "How it was earned" in page
    unsaid = ("to go", "Not earned yet", "What counts", "not given again", "How do I")
    assert [words for words in unsaid if words in page] == []


def test_the_lists_leave_out_a_retired_badge_that_was_lost(
    me: Caller, teacher: Caller, ada: Membership
) -> None:
    award = give(teacher, ada)
    before = listed(me)
    teacher.send("DELETE", award, {"reason": "copied"})
    retire(teacher)

    assert before - listed(me) == {"thanked"}
    assert "badges/thanked" not in me.get("/panel/badges").text


def test_a_retired_badge_that_ran_out_promises_nothing(
    me: Caller, teacher: Caller, session: Session, ada: Membership, clock: Clock
) -> None:
    give(teacher, ada)
    session.rollback()
    award = session.scalars(sa.select(Award)).one()
    award.expires_at = NOW + timedelta(minutes=10)
    session.commit()
    retire(teacher)
    clock.advance(timedelta(minutes=30))

    told = standing(me).json["why"]
    page = text_of(me.get("/panel/badges/thanked").text)

    until = "It was good until 22 November 2026."
    assert told == [until, "It is retired: nobody is given it any more."]
    assert f"{until} This badge is retired" in page


def test_who_never_had_a_retired_badge_does_not_see_it(
    other: Caller, teacher: Caller, ada: Membership, ben: Membership
) -> None:
    award = give(teacher, ada)
    teacher.send("DELETE", award, {"reason": "copied"})
    retire(teacher)

    answers = [
        standing(other),
        standing(teacher, ben.user.public_id),
        other.get("/panel/badges/thanked"),
        teacher.get("/panel/badges/thanked"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_who_has_a_retired_badge_has_its_page_as_before(
    me: Caller, teacher: Caller, ada: Membership
) -> None:
    give(teacher, ada)
    retire(teacher)

    told = standing(me).json
    page = text_of(me.get("/panel/badges/thanked").text)

    given = "Given on 22 November 2026 by an instructor: week 3."
    assert (told["why"], told["badge"]["earned"]) == ([given], True)
    assert f"How it was earned {given}" in page
    assert "etired" not in page
    assert "thanked" in listed(me)


def test_while_it_is_off_a_retired_badge_is_not_there_either(
    me: Caller, teacher: Caller, session: Session, course: Context, ada: Membership
) -> None:
    award = give(teacher, ada)
    teacher.send("DELETE", award, {"reason": "copied"})
    retire(teacher)
    session.rollback()
    course.enabled = False
    session.commit()

    answers = [standing(me), me.get("/panel/badges/thanked")]

    assert [answer.status_code for answer in answers] == [404, 404]
