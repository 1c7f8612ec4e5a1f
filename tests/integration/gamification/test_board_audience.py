"""Who is on a board, and what of them others read."""

from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gamification.standings import Viewer, leaderboard, refresh, set_consent
from tests.factories import a_member
from tests.integration.gamification.conftest import ON, Act, a_class, seen


@pytest.mark.demand("A2")
def test_a_learners_board_holds_no_name_and_no_id_of_another(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1], board_top=5)

    text = str([asdict(row) for row in seen(session, people[0], now).rows])

    assert "Name" not in text
    assert [p.user.public_id for p in people if p.user.public_id in text] == []


def test_staff_see_names_and_ids_and_are_not_ranked(
    session: Session, now: datetime, act: Act
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1], board_top=5)
    staff = a_member(session, of=people[0].context, role="instructor")
    act(staff, "completed")

    board = seen(session, staff, now)

    assert [row.name for row in board.rows] == [f"Name {n}" for n in range(5)]
    assert [row.user_id for row in board.rows] == [p.user.public_id for p in people]
    assert (board.people, board.joined) == (5, False)


def test_a_teacher_who_looks_as_a_learner_sees_aliases(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1], board_top=5)
    staff = a_member(session, of=people[0].context, role="instructor")

    board = leaderboard(session, Viewer(staff, "learner"), now, switch=ON)

    assert [row.name for row in board.rows] == [f"Alias {n}" for n in range(5)]
    assert {row.user_id for row in board.rows} == {None}
    assert board.joined is False


@pytest.mark.parametrize(
    "role", ["assistant", "instructor", "admin", "observer", "test"]
)
def test_only_learners_are_ranked(session: Session, now: datetime, role: str) -> None:
    people = a_class(session, now, [9, 5, 4, 3, 2, 1], board_top=9)
    people[0].role = role

    refresh(session, people[0].context, [people[0].id])

    board = seen(session, people[1], now)
    assert [row.rank for row in board.rows] == [1, 2, 3, 4, 5]


def test_names_are_shown_with_that_ones_consent_alone(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1], board_top=5, board_identity="name")
    for person, word in zip(people, (True, None, False, True, None), strict=True):
        person.name_consent = word

    names = [row.name for row in seen(session, people[4], now).rows]

    assert names == ["Name 0", "Alias 1", "Alias 2", "Name 3", "Alias 4"]


@pytest.mark.parametrize(
    ("participation", "shown"),
    [("all", 7), ("opt_out", 6), ("opt_in", 5)],
)
def test_a_course_decides_who_is_on_its_board(
    session: Session, now: datetime, participation: str, shown: int
) -> None:
    people = a_class(session, now, [7, 6, 5, 4, 3, 2, 1], board_top=9)
    for person, word in zip(people, [True] * 5 + [None, False], strict=True):
        person.board_consent = word
    people[0].context.board_participation = participation

    refresh(session, people[0].context)

    board = seen(session, people[0], now)
    assert (board.people, len(board.rows)) == (shown, shown)


def test_leaving_the_board_is_immediate(session: Session, now: datetime) -> None:
    people = a_class(session, now, [6, 5, 4, 3, 2, 1], board_participation="opt_in")
    for person in people:
        set_consent(session, person, now, joined=True)

    set_consent(session, people[0], now, joined=False)

    others, mine = (seen(session, person, now) for person in (people[1], people[0]))
    assert [row.rank for row in others.rows if row.me] == [1]
    assert others.people == 5
    assert (mine.joined, [row for row in mine.rows if row.me]) == (False, [])


def test_others_times_are_told_to_the_hour(session: Session, now: datetime) -> None:
    moment = now + timedelta(minutes=7)
    people = a_class(session, moment, [5, 4, 3, 2, 1], board_top=5)

    rows = seen(session, people[0], moment).rows

    assert [row.updated_at for row in rows] == [moment] + [now] * 4
