"""The board: ranks, neighbours, aliases, the floor of five, and who may see what."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings import Board, Viewer, leaderboard, refresh, set_consent
from gamification.switches import Switch
from models import Context, Membership
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting, a_fact


def a_class(
    session: Session,
    now: datetime,
    points: list[int],
    **columns: Any,  # noqa: ANN401 -- any column of the course
) -> list[Membership]:
    """Build a course on whose board everybody is, with so many points each."""
    settings = {"board_enabled": True, "board_participation": "all", **columns}
    context = a_context(session, **settings)
    people = [
        a_member(session, of=context, name=f"Name {n}", alias=f"Alias {n}")
        for n in range(len(points))
    ]
    facts = [
        a_fact(person, "completed", attempt=str(n))
        if n < whole // 3
        else a_fact(person, "graded", attempt=str(n), score=(whole % 3) * 20 * POINT)
        for person, whole in zip(people, points, strict=True)
        for n in range(whole // 3 + 1)
    ]
    assert record(session, facts, now, environment=False).refused == []
    return people


def seen(session: Session, member: Membership, now: datetime) -> Board:
    return leaderboard(session, as_usual(member), now, switch=ON)


def as_usual(member: Membership) -> Viewer:
    return Viewer(member, member.role)


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
                session, as_usual(person), now, switch=ON, period=period
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

    with pytest.raises(KeyError):
        leaderboard(session, as_usual(people[0]), now, switch=ON, period="decade")


def test_others_times_are_told_to_the_hour(session: Session, now: datetime) -> None:
    moment = now + timedelta(minutes=7)
    people = a_class(session, moment, [5, 4, 3, 2, 1], board_top=5)

    rows = seen(session, people[0], moment).rows

    assert [row.updated_at for row in rows] == [moment] + [now] * 4


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
