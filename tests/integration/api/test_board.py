"""The board over the API and on the page: whom it shows to whom."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from jobs.boards import show_due_boards
from jobs.recounting import recount_course
from tests.factories import a_member
from tests.integration.api.conftest import a_board, rows_of
from tests.support.clock import Clock
from tests.support.launches import a_caller, a_live_course
from tests.support.markup import text_of

EMPTY = {"period": "all", "final": False, "people": 0, "items": [], "next": None}
LEARNERS_ROW = {
    "rank",
    "name",
    "points",
    "completed",
    "badges",
    "updated_at",
    "me",
}


def test_a_learner_sees_aliases_and_marks_their_own_row(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session)
    caller = a_caller(session, client, member=members[4])

    answer = caller.get(f"{caller.course}/leaderboard").json

    assert answer is not None
    assert (answer["state"], answer["people"], answer["next"]) == ("ready", 6, None)
    assert [(r["rank"], r["name"], r["points"], r["me"]) for r in answer["items"]] == [
        (1, "Alias 5", 12, False),
        (2, "Alias 4", 10, True),
        (3, "Alias 3", 8, False),
        (4, "Alias 2", 6, False),
    ]
    assert {frozenset(row) for row in answer["items"]} == {frozenset(LEARNERS_ROW)}


def test_no_learners_answer_names_another(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session)
    caller = a_caller(session, client, member=members[0])
    paths = [f"{caller.course}/leaderboard", "/panel/leaderboard", "/panel/overview"]

    said = "".join(caller.get(path).text for path in paths)

    others = members[1:]
    assert "Alias 5" in said
    assert [m.name for m in others if m.name in said] == []
    assert [m.user.public_id for m in others if m.user.public_id in said] == []


def test_staff_see_names_and_ids(client: FlaskClient, session: Session) -> None:
    members = a_board(session)
    teacher = a_caller(session, client, of=members[0].context, role="assistant")

    rows = rows_of(teacher)

    assert [(row["name"], row["user_id"]) for row in rows] == [
        (member.name, member.user.public_id) for member in members[:2:-1]
    ]


def test_a_teacher_who_looks_as_a_learner_sees_no_names(
    client: FlaskClient, session: Session
) -> None:
    course = a_board(session)[0].context
    teacher = a_member(session, of=course, role="instructor")
    caller = a_caller(session, client, member=teacher, role="learner")

    rows = rows_of(caller)
    page = caller.get("/panel/leaderboard").text

    assert [row["name"] for row in rows] == ["Alias 5", "Alias 4", "Alias 3"]
    assert {frozenset(row) for row in rows} == {frozenset(LEARNERS_ROW)}
    assert ("Alias 5" in page, "Name 5" in page) == (True, False)
    assert "board-choice" not in page


def test_an_alias_hides_a_person_from_other_learners_and_says_no_more(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session)
    ada = a_caller(session, client, member=members[0])

    page = text_of(ada.get("/panel/leaderboard").text)

    assert "You are Alias 0 here. Other learners cannot see that this is you." in page


@pytest.mark.parametrize(
    "columns", [{"enabled": False}, {"board_enabled": False}], ids=str
)
def test_a_board_that_is_off_is_nowhere(
    columns: dict[str, bool], client: FlaskClient, session: Session
) -> None:
    ada = a_board(session)[0]
    for name, value in columns.items():
        setattr(ada.context, name, value)
    caller = a_caller(session, client, member=ada)

    answer = caller.get(f"{caller.course}/leaderboard").json
    choice = caller.send("PUT", "/api/v1/me/board", {"joined": False})

    assert answer == EMPTY | {"state": "off"}
    assert choice.status_code == 409
    assert "eaderboard" not in caller.get("/panel/overview").text


def test_four_people_are_too_few_to_be_shown(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session, people=4)[0]
    caller = a_caller(session, client, member=ada)

    answer = caller.get(f"{caller.course}/leaderboard").json
    page = text_of(caller.get("/panel/leaderboard").text)

    assert answer == EMPTY | {"state": "too_few"}
    assert "Not open yet The board opens once at least five people take part" in page
    assert "Alias 0" in page  # their own, in the choice to leave
    assert "Alias 1" not in page


def test_a_place_is_shown_as_the_course_chose(
    client: FlaskClient, session: Session
) -> None:
    ben = a_board(session)[4]
    caller = a_caller(session, client, member=ben)
    forms = {
        "absolute": "Rank Name Completed Badges Points 1 Alias 5 0 1 12",
        "relative": (
            "Name Completed Badges Points Beside you Alias 5 0 1 12 2 ahead "
            "Alias 4 You 0 1 10 Alias 3 0 1 8 2 behind"
        ),
        "hidden": "Leaderboard, all time Name Completed Badges Points Alias 5 0 1 12",
    }
    ranks = {}

    for form, shown in forms.items():
        ben.context.board_rank = form
        session.commit()
        assert shown in text_of(caller.get("/panel/leaderboard").text)
        ranks[form] = [row["rank"] for row in rows_of(caller)]

    hidden = [None] * 4
    assert ranks == {"absolute": [1, 2, 3, 4], "relative": hidden, "hidden": hidden}


def test_others_between_are_told_of(client: FlaskClient, session: Session) -> None:
    last = a_board(session, people=9)[0]
    caller = a_caller(session, client, member=last)

    page = text_of(caller.get("/panel/leaderboard").text)

    assert "3 Alias 6 0 1 14 others in between 7 Alias 2" in page


def test_a_period_is_a_tab_of_its_own(client: FlaskClient, session: Session) -> None:
    caller = a_caller(session, client, member=a_board(session)[0])

    for period, shown in {
        "week": "week",
        "month": "month",
        "all": "all",
        "nonsense": "all",
    }.items():
        page = caller.get(f"/panel/leaderboard?period={period}").text
        current = f'href="#/leaderboard?period={shown}" aria-current="true"'
        assert current in " ".join(page.split())

    answers = [
        caller.get(f"{caller.course}/leaderboard?period={period}").status_code
        for period in ("week", "month", "all", "nonsense")
    ]
    assert answers == [200, 200, 200, 422]


def test_another_course_has_its_own_board(
    client: FlaskClient, session: Session
) -> None:
    here = a_board(session)[0].context
    there = a_live_course(session, registration=here.registration, board_enabled=True)
    caller = a_caller(session, client, of=there)

    assert rows_of(caller) == []
    assert (
        caller.get(f"/api/v1/courses/{here.public_id}/leaderboard").status_code == 404
    )


def test_a_past_week_has_its_key_and_what_has_not_begun_is_named(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session)[0]
    ada.context.frozen_through = date(2026, 11, 22)
    caller = a_caller(session, client, member=ada)
    board = f"{caller.course}/leaderboard?period="

    past = {
        period: (answer["period"], answer["final"], answer["people"])
        for period in ("week", "2026-W47", "2026-W46", "2026-11", "all")
        if (answer := caller.get(board + period).json)
    }
    refused = [
        caller.get(board + period)
        for period in ("2026-W48", "term", "9999-12", "9999-W52")
    ]

    assert past == {
        "week": ("2026-W47", True, 6),
        "2026-W47": ("2026-W47", True, 6),
        "2026-W46": ("2026-W46", True, 0),
        "2026-11": ("2026-11", False, 6),
        "all": ("all", False, 6),
    }
    assert {answer.status_code for answer in refused} == {422}
    assert "there are all, week, month, and a past week" in refused[0].text


def test_the_term_has_a_tab_once_it_is_counted(
    client: FlaskClient, session: Session, clock: Clock
) -> None:
    ada = a_board(session)[0]
    term = {"start": "2026-09-01", "end": "2027-01-31"}
    teacher = a_caller(session, client, of=ada.context, role="instructor")
    caller = a_caller(session, client, member=ada)
    pages = [caller.get("/panel/leaderboard?period=term").text]

    teacher.send("PUT", f"{teacher.course}/settings", {"term": term})
    pages.append(caller.get("/panel/leaderboard?period=term").text)
    with caller.client.application.app_context():
        recount_course(ada.context_id)
        clock.advance(timedelta(minutes=1))
        show_due_boards()
    pages.append(caller.get("/panel/leaderboard?period=term").text)

    assert ["This term" in page for page in pages] == [False, False, True]
    assert "Alias 5" in pages[2]
    points = [row["points"] for row in rows_of(caller, "?period=term")]
    assert points == [12, 10, 8, 6, 4, 2]
