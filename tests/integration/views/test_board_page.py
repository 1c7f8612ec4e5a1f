"""The board's page says to whom it opens, and who will be on it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import a_member
from tests.integration.api.conftest import a_board
from tests.support.launches import a_caller
from tests.support.markup import text_of

AWAITED = "You appear here as soon as you have"


@pytest.mark.parametrize(
    ("minimum", "period", "said"),
    [
        (0, "all", f"{AWAITED} points."),
        (0, "week", f"{AWAITED} points in this time."),
        (3, "all", f"{AWAITED} 3 points."),
    ],
)
def test_who_is_on_a_board_without_points_is_told_when_they_appear(
    minimum: int, period: str, said: str, client: FlaskClient, session: Session
) -> None:
    course = a_board(session, people=7, board_minimum=minimum)[0].context
    new = a_caller(
        session, client, member=a_member(session, of=course, board_consent=True)
    )
    teacher = a_caller(session, client, of=course, role="instructor")

    page = text_of(new.get(f"/panel/leaderboard?period={period}").text)

    assert said in page
    assert AWAITED not in text_of(teacher.get("/panel/leaderboard").text)


def test_who_has_a_row_is_not_told_to_wait_for_it(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session)[0]

    page = text_of(a_caller(session, client, member=ada).get("/panel/leaderboard").text)

    assert "Alias 0" in page
    assert AWAITED not in page


def test_a_board_with_a_minimum_says_it_before_it_opens(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session, board_minimum=20)[0]

    page = text_of(a_caller(session, client, member=ada).get("/panel/leaderboard").text)

    assert "at least five people take part with 20 points or more" in page
