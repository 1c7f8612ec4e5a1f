"""What a person reads of their own past, and all that is kept about them."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.standings import set_consent, set_name_consent
from jobs.personal import LEFT_OUT, tables_about_members, tables_told
from models import Context, Item, Membership
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.api.test_event_log import every
from tests.support.awarding import an_award
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller, a_launch, a_live_course, hand_in
from tests.support.statements import statements


def graded(ada: Membership, item: Item, score: int, days_ago: int) -> Fact:
    return Fact(
        context_id=ada.context_id,
        membership_id=ada.id,
        kind="graded",
        occurred_at=NOW - timedelta(days=days_ago),
        source="test",
        item_id=item.id,
        score=score,
        maximum=100 * POINT,
    )


@pytest.fixture
def me(session: Session, client: FlaskClient, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


def test_what_was_done_and_awarded_is_told_the_newest_first(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    quiz = an_item(session, of=course, key="quiz-1")
    record(session, [graded(ada, quiz, 40 * POINT, 3)], NOW, environment=True)
    record(session, [graded(ada, quiz, 79_990_000, 3)], NOW, environment=True)
    badge = a_badge(session, of=course, key="brave")
    an_award(session, ada, badge).granted_at = NOW - timedelta(days=1)
    bob = a_member(session, of=course, name="Bob")
    hand_in(session, bob, times=1)
    session.commit()

    answer: Any = me.get("/api/v1/me/history").json

    award, event = answer["items"]
    assert answer["next"] is None
    assert (award["event"], award["award"]["badge"]) == (None, "brave")
    assert award["at"] == "2026-11-21T10:00:00Z"
    assert (event["award"], event["at"]) == (None, "2026-11-19T10:00:00Z")
    told = {
        name: event["event"][name] for name in ("kind", "item", "score", "revision")
    }
    assert told == {"kind": "graded", "item": "quiz-1", "score": "79.99", "revision": 2}


def test_the_history_comes_page_by_page_and_loses_nothing(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    hand_in(session, ada, times=4)  # all at one moment
    for number in range(3):
        badge = a_badge(session, of=course, key=f"badge-{number}")
        an_award(session, ada, badge).granted_at = NOW - timedelta(days=number)
    session.commit()

    rows = every(me, "/api/v1/me/history")

    told = [
        row["award"]["badge"] if row["award"] else row["event"]["attempt"]
        for row in rows
    ]
    assert told == ["badge-0", "3", "2", "1", "0", "badge-1", "badge-2"]


@pytest.mark.parametrize("cursor", ["x", "WyJldmVudHMiLDEsMV0"])
def test_a_cursor_of_another_list_is_refused(cursor: str, me: Caller) -> None:
    assert me.get(f"/api/v1/me/history?cursor={cursor}").status_code == 422


def test_a_long_history_asks_as_much_as_a_short_one(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    def asked(times: int, path: str) -> int:
        ada = a_member(session, of=a_live_course(session))
        hand_in(session, ada, times=times)
        caller = a_caller(session, client, member=ada)
        with statements(app) as sent:
            assert caller.get(path).status_code == 200
        return len(sent)

    for path in ("/api/v1/me/history", "/api/v1/me/data"):
        assert asked(1, path) == asked(14, path)


def test_all_that_is_kept_about_a_person_is_told_to_them(
    me: Caller, session: Session, course: Context, ada: Membership, clock: Clock
) -> None:
    quiz = an_item(session, of=course, key="quiz-1")
    record(session, [graded(ada, quiz, 40 * POINT, 3)], NOW, environment=True)
    record(session, [graded(ada, quiz, 50 * POINT, 3)], NOW, environment=True)
    an_award(session, ada, a_badge(session, of=course, key="brave"))
    set_consent(session, ada, NOW, joined=True)
    set_name_consent(session, ada, NOW, named=False)
    session.commit()
    me.send("POST", "/api/v1/me/claims", {"code": "wrong-code"})

    data: Any = me.get("/api/v1/me/data").json

    assert data["user"] == {"id": ada.user.public_id, "name": "Ada"}
    assert len(data["platform_ids"]) == 1
    assert data["course"]["id"] == course.public_id
    consents = {
        name: data["membership"][name] for name in ("board_consent", "name_consent")
    }
    assert consents == {"board_consent": True, "name_consent": False}
    assert [(row["score"], bool(row["superseded_at"])) for row in data["events"]] == [
        ("50", False),
        ("40", True),
    ]
    assert [row["badge"] for row in data["awards"]] == ["brave"]
    kept = data["kept"]
    assert {row["period"] for row in kept["standings"]} == {
        "all",
        "2026-W47",
        "2026-11",
    }
    assert kept["standings"][0]["points"] == 2_500_000
    assert [row["role"] for row in kept["launches"]] == ["learner"]
    assert kept["wrong_codes"] == [{"tried_at": "2026-11-22T10:00:00Z"}]


def test_nobody_elses_name_or_id_is_in_what_a_person_is_told(
    me: Caller, teacher: Caller, session: Session, course: Context, ada: Membership
) -> None:
    others = [
        a_member(session, of=course, name=f"Zora {n}", sub=f"z-{n}") for n in range(5)
    ]
    others.append(a_member(session, of=a_context(session), name="Zora Elsewhere"))
    for other in others:
        hand_in(session, other, times=2)
        a_launch(session, other, role="learner")
    body = {"badge": "helper", "user": ada.user.public_id}
    given: Any = teacher.send("POST", f"{teacher.course}/awards", body).json
    path = f"{teacher.course}/awards/{given['id']}"
    assert teacher.send("DELETE", path, {"reason": "copied"}).status_code == 200

    told = [me.get(f"/api/v1/me/{name}").text for name in ("history", "data")]

    assert all("copied" in text for text in told)
    for word in ("Zora", "Iris", "iris", "z-", *(one.user.public_id for one in others)):
        assert [text for text in told if word in text] == []


def test_while_it_is_off_what_is_kept_is_told_all_the_same(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    hand_in(session, ada, times=1)
    course.enabled = False
    session.commit()

    data: Any = me.get("/api/v1/me/data").json
    history: Any = me.get("/api/v1/me/history").json

    assert (len(data["events"]), len(history["items"])) == (1, 1)
    assert data["course"]["enabled"] is False


def test_every_table_about_members_is_told_or_named_with_its_reason() -> None:
    # A new one belongs into SECTIONS of jobs/personal.py, or into LEFT_OUT with why.
    assert tables_about_members() - tables_told() == set()
    assert all(LEFT_OUT.values())
