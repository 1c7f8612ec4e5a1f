import base64
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Context
from tests.factories import a_member
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.markup import text_of


def a_class(session: Session) -> Context:
    course = a_live_course(session)
    for number, name in enumerate(["Cem", "ada", "Ben", "Dana", "Eli"]):
        hand_in(session, a_member(session, of=course, name=name), times=number)
    return course


def walk(caller: Caller, query: str) -> list[str]:
    """Follow `next` to the end; return every name on the way."""
    names: list[str] = []
    cursor = ""
    for _ in range(10):
        answer: Any = caller.get(f"{caller.course}/members?{query}{cursor}").json
        names += [row["name"] for row in answer["items"]]
        if answer["next"] is None:
            return names
        cursor = f"&cursor={answer['next']}"
    raise AssertionError("The list does not end.")


def test_every_page_together_is_the_class(
    client: FlaskClient, session: Session
) -> None:
    course = a_class(session)
    iris = a_member(session, of=course, name="Iris", role="instructor")
    caller = a_caller(session, client, member=iris, role="instructor")
    by_name = ["ada", "Ben", "Cem", "Dana", "Eli", "Iris"]
    lists = {
        "limit=2": by_name,
        "limit=200&sort=name": by_name,
        "limit=2&sort=points": ["Eli", "Dana", "Ben", "ada", "Iris", "Cem"],
        "search=a": ["ada", "Dana"],
        "search=%25": [],
    }

    assert {query: walk(caller, query) for query in lists} == lists


def test_a_page_may_end_with_any_name_a_database_holds(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    names = ["Ana\u00a0María", "So\u00adphie", "می‌خواهم"]
    for name in names:
        a_member(session, of=course, name=name)
    iris = a_member(session, of=course, name="Zora", role="instructor")
    caller = a_caller(session, client, member=iris, role="instructor")

    found = walk(caller, "limit=1")

    assert sorted(found) == sorted([*names, "Zora"])
    assert walk(caller, f"search={quote(names[2])}") == [names[2]]


def test_a_row_has_what_the_teacher_needs(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course, name="Ada", alias="Brave Otter")
    hand_in(session, ada, times=1)
    caller = a_caller(session, client, of=course, role="assistant")

    answer: Any = caller.get(f"{caller.course}/members?search=otter").json

    assert answer == {
        "items": [
            {
                "user_id": ada.user.public_id,
                "name": "Ada",
                "alias": "Brave Otter",
                "role": "learner",
                "status": "active",
                "points": 2,
                "completed": 0,
                "badges": 1,
                "last_active_at": "2026-11-22T10:00:00Z",
            }
        ],
        "next": None,
    }


def cursor(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def test_a_question_that_makes_no_sense_is_refused(
    client: FlaskClient, session: Session
) -> None:
    caller = a_caller(session, client, of=a_class(session), role="instructor")
    questions = [
        "cursor=nonsense",
        f"cursor={cursor('points', 3, 1)}",
        f"cursor={cursor('name', chr(0), 1)}",
        f"cursor={cursor('name', chr(0xD800), 1)}",
        f"cursor={cursor('name', 'ada', 2**63)}",
        f"sort=points&cursor={cursor('points', 2**70, 1)}",
        "limit=0",
        "limit=201",
        "page=2",
        "search=%00",
        "sort=e-mail",
    ]

    answers = [caller.get(f"{caller.course}/members?{query}") for query in questions]

    assert [answer.status_code for answer in answers] == [422] * len(questions)
    assert {answer.content_type for answer in answers} == {"application/problem+json"}


def test_the_page_lists_names_as_text_and_leads_on(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    for number in range(51):
        a_member(session, of=course, name=f"Lerner <b>{number:02}</b>")
    caller = a_caller(session, client, of=course, role="instructor")

    first = caller.get("/panel/class?search=lerner&sort=name")
    route = first.text.split('href="#/class?search=lerner&amp;sort=name&amp;after=')[1]
    second = caller.get(f"/panel/class?search=lerner&after={route.split(chr(34))[0]}")

    assert "Lerner <b>49</b>" in text_of(first.text)
    assert "<b>" not in first.text
    assert "Lerner <b>50</b>" in text_of(second.text)
    assert "Lerner <b>49</b>" not in text_of(second.text)
    assert "First page" in text_of(second.text)


def test_an_address_that_makes_no_sense_shows_the_class_from_its_beginning(
    client: FlaskClient, session: Session
) -> None:
    caller = a_caller(session, client, of=a_class(session), role="instructor")
    queries = ["after=nonsense", "sort=nonsense", "search=%00", "after=%F0%9F%98"]

    pages = [text_of(caller.get(f"/panel/class?{query}").text) for query in queries]

    assert ["ada" in page for page in pages] == [True] * len(queries)


def board_names(caller: Caller) -> list[str]:
    """Return under which names the class's page says that people are on the board."""
    page = text_of(caller.get("/panel/class").text)
    return re.findall(r"on the leaderboard: (\w+ \w+)", page)


def a_mixed_class(session: Session, **columns: Any) -> Context:  # noqa: ANN401 -- any column of the course
    """Build a class of whom one has joined the board, by the course's default."""
    course = a_live_course(session, **columns)
    for name, alias, role, word in (
        ("Ada", "Brave Otter", "learner", True),
        ("Ben", "Calm Heron", "learner", False),
        ("Cem", "Deft Lynx", "learner", None),
        ("Iris", "Early Swift", "instructor", True),
    ):
        person = a_member(
            session, of=course, name=name, role=role, alias=alias, board_consent=word
        )
        hand_in(session, person, times=1)
    a_member(session, of=course, name="Dana", alias="Fond Robin", board_consent=True)
    return course


def test_the_class_says_who_is_on_the_board_and_as_whom(
    client: FlaskClient, session: Session
) -> None:
    course = a_mixed_class(session, board_enabled=True)
    teacher = a_caller(session, client, of=course, role="instructor")

    assert board_names(teacher) == ["Brave Otter"]


@pytest.mark.parametrize("off", ["board_enabled", "enabled"])
def test_nobody_is_on_a_board_that_is_off(
    client: FlaskClient, session: Session, off: str
) -> None:
    course = a_mixed_class(session, board_enabled=True)
    setattr(course, off, False)
    teacher = a_caller(session, client, of=course, role="instructor")

    assert board_names(teacher) == []


def test_who_shows_their_name_is_on_the_board_by_name(
    client: FlaskClient, session: Session
) -> None:
    course = a_mixed_class(session, board_enabled=True, board_identity="name")
    named = a_member(
        session, of=course, name="Eli Esker", board_consent=True, name_consent=True
    )
    hand_in(session, named, times=1)
    teacher = a_caller(session, client, of=course, role="instructor")

    assert board_names(teacher) == ["Brave Otter"]
    page = text_of(teacher.get("/panel/class").text)
    assert "Eli Esker on the leaderboard by name" in page
