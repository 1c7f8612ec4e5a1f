"""Boards of a part of the course: by whom, ranked among themselves, never one by one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings import Board, NoSuchGroup, Wanted, leaderboard
from gamification.standings.groups import GroupTold, groups_of, set_groups
from models import Membership
from tests.factories import a_member
from tests.integration.gamification.conftest import (
    ON,
    Counting,
    a_class,
    a_fact,
    as_usual,
    seen,
)


def split(
    session: Session,
    now: datetime,
    kind: str = "section",
    **groups: Sequence[Membership],
) -> dict[str, str]:
    """Divide a course; return the ids of its groups by their names."""
    (context, *_) = {m.context for members in groups.values() for m in members}
    told = [
        GroupTold(name, name, frozenset(member.id for member in members))
        for name, members in groups.items()
    ]
    set_groups(session, context, kind, told, now)
    return {row.name: row.id for row in groups_of(session, context)}


def of_group(
    session: Session, member: Membership, now: datetime, group: str, period: str = "all"
) -> Board:
    wanted = Wanted(period, group)
    return leaderboard(session, as_usual(member), now, switch=ON, wanted=wanted)


def test_a_groups_board_ranks_its_people_among_themselves(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [9, 20, 7, 30, 7, 40, 4, 50, 3, 60], board_top=9)
    ids = split(session, now, even=people[::2], odd=people[1::2])

    board = of_group(session, people[0], now, ids["even"])

    rows = [(row.rank, row.name, row.points) for row in board.rows]
    assert (board.state, board.people) == ("ready", 5)
    assert sorted(rows) == [
        (1, "Alias 0", 9),
        (2, "Alias 2", 7),
        (2, "Alias 4", 7),
        (4, "Alias 6", 4),
        (5, "Alias 8", 3),
    ]


def test_learners_filter_by_their_own_groups_and_staff_by_any(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, list(range(10, 0, -1)))
    staff = a_member(session, of=people[0].context, role="instructor")
    ids = split(session, now, even=people[::2], odd=people[1::2])

    with pytest.raises(NoSuchGroup):
        of_group(session, people[0], now, ids["odd"])

    assert of_group(session, staff, now, ids["odd"]).people == 5
    assert [row.rank for row in of_group(session, staff, now, ids["odd"]).rows] == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_a_group_of_another_course_is_not_there(
    session: Session, now: datetime, role: str
) -> None:
    there = a_class(session, now, [5, 4, 3, 2, 1])
    ids = split(session, now, theirs=there)
    here = a_member(session, of=a_class(session, now, [1] * 5)[0].context, role=role)

    with pytest.raises(NoSuchGroup):
        of_group(session, here, now, ids["theirs"])


@pytest.mark.parametrize(
    ("inside", "outside", "state"),
    [
        (4, 10, "too_few"),
        (5, 5, "ready"),
        (9, 1, "too_few"),
        (9, 4, "too_few"),
        (9, 0, "ready"),
    ],
)
def test_a_groups_board_and_the_rest_of_the_course_have_five_people_each(
    session: Session, now: datetime, inside: int, outside: int, state: str
) -> None:
    people = a_class(session, now, list(range(1, inside + outside + 1)))
    ids = split(session, now, mine=people[:inside])

    board = of_group(session, people[0], now, ids["mine"])

    assert board.state == state
    assert board.people == (inside if state == "ready" else 0)


def test_of_two_groups_that_differ_by_one_person_the_wider_kind_opens(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, list(range(1, 16)))
    split(session, now, mine=people[:6], theirs=people[6:])
    ids = split(session, now, "department", wide=people[:7])

    states = {
        name: of_group(session, people[0], now, ids[name]).state
        for name in ("mine", "wide")
    }

    assert states == {"mine": "too_few", "wide": "ready"}


def test_who_is_in_no_group_beside_them_keeps_a_view(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, list(range(1, 16)))
    ids = split(session, now, mine=people[:6], theirs=people[6:])
    split(session, now, "department", wide=people[5:12])

    assert of_group(session, people[0], now, ids["mine"]).state == "ready"
    assert of_group(session, people[5], now, ids["mine"]).state == "too_few"


def test_only_those_on_the_board_are_counted_for_a_group(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, list(range(1, 13)), board_participation="opt_out")
    ids = split(session, now, mine=people[:6], theirs=people[6:])
    idle = a_member(session, of=people[0].context)
    split(session, now, mine=[*people[:6], idle], theirs=people[6:])

    assert of_group(session, people[0], now, ids["mine"]).people == 6
    assert of_group(session, idle, now, ids["mine"]).joined is True


def test_a_group_of_nobody_who_is_on_the_board_is_too_few(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, list(range(1, 8)))
    idle = a_member(session, of=people[0].context)
    ids = split(session, now, idle=[idle])

    assert of_group(session, idle, now, ids["idle"]).state == "too_few"


def test_a_filter_and_a_period_go_together(session: Session, now: datetime) -> None:
    people = a_class(session, now, [3] * 10, board_top=9)
    ids = split(session, now, mine=people[:5], theirs=people[5:])
    long_ago = now - timedelta(days=40)
    more = a_fact(people[1], "completed", attempt="more", occurred_at=long_ago)
    record(session, [more], now, environment=False)

    ranks = {
        period: sorted(
            (row.points, row.rank)
            for row in of_group(session, people[0], now, ids["mine"], period).rows
        )
        for period in ("all", "week")
    }

    assert ranks == {
        "all": [(3, 2)] * 4 + [(6, 1)],
        "week": [(3, 1)] * 5,
    }


def test_who_has_fewer_points_than_the_minimum_is_not_listed(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [9, 8, 7, 6, 5, 4, 3], board_top=9, board_minimum=5)

    board, lowest = (seen(session, people[place], now) for place in (0, 5))

    assert (board.people, [row.points for row in board.rows]) == (5, [9, 8, 7, 6, 5])
    assert [row.me for row in lowest.rows] == [False] * 5
    assert (lowest.joined, lowest.state) == (True, "ready")


def test_a_minimum_leaves_no_board_of_under_five(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [9, 8, 7, 6, 5, 4, 3], board_minimum=6)

    assert seen(session, people[0], now).state == "too_few"


def test_a_minimum_counts_for_a_groups_board_too(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [9, 9, 9, 9, 9, 1, *[9] * 6], board_minimum=2)
    ids = split(session, now, mine=people[:6], theirs=people[6:])

    assert of_group(session, people[0], now, ids["mine"]).people == 5


@pytest.mark.parametrize("people", [10, 30])
@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_a_groups_board_is_three_queries_whatever_its_size(
    session: Session, now: datetime, statements: Counting, people: int, role: str
) -> None:
    members = a_class(session, now, list(range(people, 0, -1)), board_top=people)
    ids = split(session, now, even=members[::2], odd=members[1::2])
    viewer = a_member(session, of=members[0].context, role=role)
    viewer = members[2] if role == "learner" else viewer
    assert viewer.context.zone  # read with the launch

    with statements() as asked:
        board = of_group(session, viewer, now, ids["even"])

    assert len(board.rows) == people // 2
    assert len(asked) == 3
