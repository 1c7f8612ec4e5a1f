"""The board: ranks, neighbours, the floor of five, periods, and when there is none."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings import Board, NoSuchPeriod, Wanted, leaderboard
from gamification.switches import Switch
from models import Context
from tests.factories import POINT, a_badge, a_member, an_item
from tests.integration.gamification.conftest import (
    ON,
    Act,
    Counting,
    a_class,
    a_fact,
    as_usual,
    seen,
)


def ranks(board: Board) -> list[tuple[int | None, str, int]]:
    return [(row.rank, row.name, row.points) for row in board.rows]


def test_equal_points_share_a_rank_and_the_next_is_skipped(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [9, 7, 7, 4, 3], board_top=5)

    board = seen(session, people[0], now)

    assert sorted(ranks(board), key=lambda row: (row[0] or 0, row[1])) == [
        (1, "Alias 0", 9),
        (2, "Alias 1", 7),
        (2, "Alias 2", 7),
        (4, "Alias 3", 4),
        (5, "Alias 4", 3),
    ]
    assert (board.state, board.people, board.joined) == ("ready", 5, True)


def test_a_fraction_that_nobody_sees_takes_nobodys_place(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [3] * 6, board_top=6)
    item = an_item(session, of=people[0].context)
    record(
        session,
        [a_fact(people[2], "graded", item, score=1, maximum=5 * POINT)],
        now,
        environment=False,
    )

    board = seen(session, people[0], now)

    assert ranks(board)[0] == (1, "Alias 2", 3)
    assert {row.rank for row in board.rows} == {1}


def test_a_learner_sees_the_top_and_those_around_them(
    session: Session, now: datetime
) -> None:
    people = a_class(
        session, now, list(range(30, 0, -1)), board_top=3, board_neighbours=2
    )

    board = seen(session, people[14], now)

    assert [row.rank for row in board.rows] == [1, 2, 3, 13, 14, 15, 16, 17]
    assert [row.rank for row in board.rows if row.me] == [15]
    assert board.people == 30


@pytest.mark.parametrize(
    ("place", "expected"),
    [(0, [1, 2, 3, 4]), (4, [1, 2, 3, 4, 5, 6, 7, 8]), (9, [1, 2, 3, 7, 8, 9, 10])],
)
def test_rows_that_meet_are_shown_once(
    session: Session, now: datetime, place: int, expected: list[int]
) -> None:
    people = a_class(
        session, now, list(range(10, 0, -1)), board_top=3, board_neighbours=3
    )

    board = seen(session, people[place], now)

    assert [row.rank for row in board.rows] == expected


def test_below_five_people_there_is_no_board(session: Session, now: datetime) -> None:
    people = a_class(session, now, [4, 3, 2, 1])
    staff = a_member(session, of=people[0].context, role="instructor")

    boards = [seen(session, viewer, now) for viewer in (people[0], staff)]

    assert [(board.state, board.people, board.rows) for board in boards] == [
        ("too_few", 0, []),
        ("too_few", 4, []),
    ]


@pytest.mark.demand("A2")
def test_the_board_is_off_until_an_instructor_turns_it_on(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1], board_enabled=False)

    assert seen(session, people[0], now).state == "off"


def test_the_board_is_off_while_a_switch_is(session: Session, now: datetime) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1])
    off = Switch(environment=False, tenant=True, course=True)

    board = leaderboard(session, as_usual(people[0]), now, switch=off)

    assert (board.state, board.rows) == ("off", [])


@pytest.mark.parametrize(
    ("form", "rank", "gap"),
    [("absolute", [1, 2, 3], [None] * 3), ("hidden", [None] * 3, [None] * 3)],
)
def test_the_form_of_a_rank_is_the_courses(
    session: Session, now: datetime, form: str, rank: list[int], gap: list[int]
) -> None:
    people = a_class(session, now, [9, 8, 4, 2, 1], board_rank=form, board_top=3)

    rows = seen(session, people[0], now).rows

    assert ([row.rank for row in rows], [row.gap for row in rows]) == (rank, gap)


def test_relative_ranks_are_points_ahead_and_behind(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [9, 8, 4, 2, 1], board_rank="relative", board_top=5)

    rows = seen(session, people[2], now).rows

    assert [(row.rank, row.gap) for row in rows] == [
        (None, 5),
        (None, 4),
        (None, 0),
        (None, -2),
        (None, -3),
    ]


def test_a_week_counts_the_weeks_facts_alone(session: Session, now: datetime) -> None:
    people = a_class(session, now, [1, 1, 1, 1, 1], board_top=1)
    days_ago = {people[0]: 40, people[1]: 7, people[2]: 0}
    facts = [
        a_fact(person, "completed", attempt="more", occurred_at=now - timedelta(days=n))
        for person, n in days_ago.items()
    ]
    record(session, facts, now, environment=False)

    ahead = {
        period: {
            row.name: row.points
            for person in people
            for row in leaderboard(
                session, as_usual(person), now, switch=ON, wanted=Wanted(period)
            ).rows
        }
        for period in ("week", "month", "all")
    }

    nobody = {f"Alias {n}": 1 for n in (3, 4)}
    assert ahead == {
        "week": {"Alias 0": 1, "Alias 1": 1, "Alias 2": 4, **nobody},
        "month": {"Alias 0": 1, "Alias 1": 4, "Alias 2": 4, **nobody},
        "all": {"Alias 0": 4, "Alias 1": 4, "Alias 2": 4, **nobody},
    }


def test_a_period_that_is_not_there_is_an_error(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [1])

    with pytest.raises(NoSuchPeriod):
        leaderboard(
            session, as_usual(people[0]), now, switch=ON, wanted=Wanted("decade")
        )


def test_who_has_earned_nothing_yet_is_joined_and_has_no_row(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1])
    newcomer = a_member(session, of=people[0].context)

    board = seen(session, newcomer, now)

    assert (board.state, board.joined) == ("ready", True)
    assert [row.me for row in board.rows] == [False] * 3


def test_a_row_counts_the_badges_that_are_held(
    session: Session, now: datetime, act: Act
) -> None:
    people = a_class(session, now, [5, 4, 3, 2, 1], board_top=5)
    for threshold in (1, 2):
        a_badge(session, of=people[0].context, metric="events", threshold=threshold)
    act(people[0])
    act(people[4])

    badges = {row.name: row.badges for row in seen(session, people[0], now).rows}

    assert badges == {
        "Alias 0": 2,
        "Alias 1": 0,
        "Alias 2": 0,
        "Alias 3": 0,
        "Alias 4": 1,
    }


@pytest.mark.parametrize("people", [5, 15])
def test_a_board_is_two_queries_whatever_its_size(
    session: Session, now: datetime, statements: Counting, people: int
) -> None:
    members = a_class(session, now, list(range(people, 0, -1)), board_top=people)
    viewer = members[2]
    assert viewer.context.zone  # read with the launch

    with statements() as asked:
        board = seen(session, viewer, now)

    assert len(board.rows) == people
    assert len(asked) == 2
    assert isinstance(viewer.context, Context)
