"""Joining, leaving and showing a name: at once, and only where the course lets people choose."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.integration.api.conftest import a_board, rows_of
from tests.support.launches import a_caller, a_live_course
from tests.support.markup import text_of


def test_leaving_and_joining_are_immediate(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session)
    ada = a_caller(session, client, member=members[5])
    ben = a_caller(session, client, member=members[0])

    left = ada.send("PUT", "/api/v1/me/board", {"joined": False})
    without = [row["name"] for row in rows_of(ben)]
    page = text_of(ada.get("/panel/leaderboard").text)
    joined = ada.send("PUT", "/api/v1/me/board", {"joined": True})

    assert left.json == {"joined": False, "named": False, "name": "Alias 5"}
    assert "Alias 5" not in without
    assert "If you join, the others read Alias 5 , never your name." in page
    assert joined.json == {"joined": True, "named": False, "name": "Alias 5"}
    assert rows_of(ben)[0]["name"] == "Alias 5"


def test_who_joins_without_an_alias_gets_one(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, board_enabled=True)
    caller = a_caller(session, client, of=course)

    answer = caller.send("PUT", "/api/v1/me/board", {"joined": True}).json

    assert answer is not None
    assert answer["joined"] is True
    assert len(answer["name"].split()) >= 2


def test_where_everyone_takes_part_nobody_chooses(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session, board_participation="all")[0]
    caller = a_caller(session, client, member=ada)

    answer = caller.send("PUT", "/api/v1/me/board", {"joined": False})

    assert answer.status_code == 409
    assert "Leave the board" not in caller.get("/panel/leaderboard").text


def test_to_join_shows_no_name_however_the_course_changes_its_mind(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session)
    ada = a_caller(session, client, member=members[5])
    ben = a_caller(session, client, member=members[4])
    ada.send("PUT", "/api/v1/me/board", {"joined": True})

    members[0].context.board_identity = "name"
    session.commit()

    assert [row["name"] for row in rows_of(ben)][:2] == ["Alias 5", "Alias 4"]
    assert "Name 5" not in ben.get("/panel/leaderboard").text
    page = text_of(ada.get("/panel/leaderboard").text)
    assert "You are Alias 5 here." in page
    assert "Show my name" in page


def test_a_name_is_shown_by_a_choice_of_its_own_and_taken_back_at_once(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session, board_identity="name")
    ada = a_caller(session, client, member=members[5])
    ben = a_caller(session, client, member=members[4])
    answers, seen = [], []

    for choice in ({"named": True}, {"named": False}, {"named": True}):
        answers.append(ada.send("PUT", "/api/v1/me/board", choice).json)
        seen.append(rows_of(ben)[0]["name"])
    page = text_of(ada.get("/panel/leaderboard").text)
    for joined in (False, True):
        ada.send("PUT", "/api/v1/me/board", {"joined": joined})

    by_name = {"joined": True, "named": True, "name": "Name 5"}
    by_alias = {"joined": True, "named": False, "name": "Alias 5"}
    assert answers == [by_name, by_alias, by_name]
    assert seen == ["Name 5", "Alias 5", "Name 5"]
    assert "the others read your name: Name 5" in page
    assert "Show my made-up name again" in page
    assert rows_of(ben)[0]["name"] == "Alias 5"


def test_no_name_can_be_chosen_where_the_course_shows_none(
    client: FlaskClient, session: Session
) -> None:
    ada = a_caller(session, client, member=a_board(session)[5])

    answers = [
        ada.send("PUT", "/api/v1/me/board", choice).status_code
        for choice in ({"named": True}, {"named": False}, {}, {"named": "yes"})
    ]

    assert answers == [409, 200, 422, 422]
    assert "Show my name" not in ada.get("/panel/leaderboard").text
