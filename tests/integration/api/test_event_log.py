"""A course's items and its log, as staff and programs read them."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from models import Context, Item, Membership
from tests.factories import POINT, a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, hand_in
from tests.support.programs import a_program
from tests.support.statements import statements

EARLIEST = urlsafe_b64encode(b'["events","0001-01-01T00:00:00+12:00",1]').decode()
"""A moment that is none in UTC."""


def graded(
    session: Session, ada: Membership, item: Item, score: int, hours: int
) -> None:
    moment = NOW + timedelta(hours=hours)
    fact = Fact(
        context_id=ada.context_id,
        membership_id=ada.id,
        kind="graded",
        occurred_at=moment,
        source="test",
        item_id=item.id,
        score=score,
        maximum=100 * POINT,
    )
    record(session, [fact], moment, environment=True)
    session.commit()


def every(caller: Caller, path: str) -> list[dict[str, Any]]:
    """Read a list page by page, as its cursors lead."""
    rows: list[dict[str, Any]] = []
    mark = "&" if "?" in path else "?"
    cursor = ""
    while True:
        page: Any = caller.get(f"{path}{mark}limit=2{cursor}").json
        assert len(page["items"]) <= 2
        rows += page["items"]
        if page["next"] is None:
            return rows
        cursor = f"&cursor={page['next']}"


def test_items_have_the_keys_that_rules_name(
    client: FlaskClient, session: Session, course: Context
) -> None:
    quiz = an_item(session, of=course, key="quiz-1", maximum=79_990_000)
    gone = an_item(session, of=course, key="old", maximum=None)
    gone.gone_at = NOW
    an_item(session, key="elsewhere")
    program = a_program(session, client, course, "courses:read")

    answer: Any = program.get(f"{program.course}/items")

    assert answer.json == {
        "items": [
            {
                "id": quiz.public_id,
                "key": "quiz-1",
                "label": "Quiz 1",
                "maximum": "79.99",
                "gone": False,
            },
            {
                "id": gone.public_id,
                "key": "old",
                "label": "Old",
                "maximum": None,
                "gone": True,
            },
        ],
        "next": None,
    }


def test_items_come_page_by_page_in_their_order(
    client: FlaskClient, session: Session, course: Context
) -> None:
    for number in range(5):
        an_item(session, of=course, key=f"item-{number}").position = number // 2
    teacher = a_caller(session, client, of=course, role="assistant")

    rows = every(teacher, f"{teacher.course}/items")

    assert [row["key"] for row in rows] == [f"item-{number}" for number in range(5)]


def test_the_log_tells_what_was_corrected_the_newest_first(
    teacher: Caller, session: Session, course: Context, ada: Membership
) -> None:
    quiz = an_item(session, of=course, key="quiz-1")
    graded(session, ada, quiz, 79_990_000, 0)
    graded(session, ada, quiz, 80 * POINT, 1)

    answer: Any = teacher.get(f"{teacher.course}/events").json

    newer, older = answer["items"]
    assert newer == {
        "user_id": ada.user.public_id,
        "name": "Ada",
        "kind": "graded",
        "item": "quiz-1",
        "label": "Quiz 1",
        "status": "normal",
        "score": "80",
        "maximum": "100",
        "seconds": None,
        "attempt": "",
        "occurred_at": "2026-11-22T10:00:00Z",
        "recorded_at": "2026-11-22T11:00:00Z",
        "source": "test",
        "revision": 2,
        "superseded_at": None,
    }
    assert (older["score"], older["superseded_at"]) == ("79.99", "2026-11-22T11:00:00Z")


def test_the_log_is_filtered_by_person_item_and_kind(
    teacher: Caller, session: Session, course: Context, ada: Membership
) -> None:
    bob = a_member(session, of=course, name="Bob")
    quiz = an_item(session, of=course, key="quiz-1")
    graded(session, ada, quiz, POINT, 0)
    hand_in(session, bob, times=3)
    session.commit()
    path = f"{teacher.course}/events"

    hers = every(teacher, f"{path}?user={ada.user.public_id}")
    submitted = every(teacher, f"{path}?kind=submitted")
    of_quiz = every(teacher, f"{path}?item=quiz-1")
    none = every(teacher, f"{path}?item=quiz-1&kind=posted")

    assert hers == of_quiz
    assert [row["name"] for row in hers] == ["Ada"]
    assert [row["attempt"] for row in submitted] == ["2", "1", "0"]
    assert none == []


@pytest.mark.parametrize("name", ["items", "events"])
@pytest.mark.parametrize(
    "cursor", ["x", "WyJpdGVtcyJd", "WzFd", "bnVsbA", "WyJldmVudHMiLDEsMV0", EARLIEST]
)
def test_a_cursor_of_nowhere_is_refused(
    name: str, cursor: str, teacher: Caller
) -> None:
    answer = teacher.get(f"{teacher.course}/{name}?cursor={cursor}")

    assert answer.status_code == 422
    assert str(answer.json and answer.json["detail"]).startswith("cursor: This cursor ")


@pytest.mark.parametrize("name", ["items", "events"])
def test_a_list_asks_as_much_for_three_rows_as_for_one(
    name: str, app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    def asked(times: int) -> int:
        course = a_context(session)
        ada = a_member(session, of=course)
        for _ in range(times):
            hand_in(session, ada, times=1)
        caller = a_caller(session, client, of=course, role="instructor")
        with statements(app) as sent:
            answer: Any = caller.get(f"{caller.course}/{name}").json
        assert len(answer["items"]) == times
        return len(sent)

    assert asked(1) == asked(3)
