"""Laws of the board: whoever looks, ranks are the same and nobody is lost."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.standings import Board, Viewer, leaderboard
from gamification.standings.upkeep import Totals, move
from gamification.switches import Switch
from models import Membership
from tests.factories import POINT, a_context, a_member

ON = Switch(environment=True, tenant=True, course=True)
PEOPLE = 9
POINTS = st.lists(st.integers(1, 6), min_size=PEOPLE, max_size=PEOPLE)
SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def people(session: Session) -> list[Membership]:
    context = a_context(
        session,
        board_enabled=True,
        board_participation="all",
        board_top=3,
        board_neighbours=1,
    )
    members = [a_member(session, of=context) for _ in range(PEOPLE)]
    assert context.zone
    return members


def boards(
    session: Session, people: list[Membership], points: Sequence[int], now: datetime
) -> list[Board]:
    """Return everybody's board when they have these half points; nobody's remain."""
    with session.begin_nested() as example:
        changes = {
            (member.id, "all"): Totals(points=halves * POINT // 2)
            for member, halves in zip(people, points, strict=True)
        }
        move(session, people[0].context, changes, now)
        viewers = [Viewer(member, "learner") for member in people]
        seen = [leaderboard(session, viewer, now, switch=ON) for viewer in viewers]
        example.rollback()
    return seen


def my_rank(board: Board) -> int | None:
    (mine,) = (row for row in board.rows if row.me)
    return mine.rank


@SLOW
@given(points=POINTS)
def test_a_rank_is_one_more_than_the_people_who_show_more_points(
    session: Session, people: list[Membership], now: datetime, points: list[int]
) -> None:
    ranks = [my_rank(board) for board in boards(session, people, points, now)]

    # Half a point cannot be seen, so it takes nobody's place.
    whole = [halves // 2 for halves in points]
    assert ranks == [1 + sum(other > own for other in whole) for own in whole]


@SLOW
@given(points=POINTS)
def test_every_board_is_a_part_of_one_order(
    session: Session, people: list[Membership], now: datetime, points: list[int]
) -> None:
    for board in boards(session, people, points, now):
        shown = [(row.points, row.rank) for row in board.rows]
        assert shown == sorted(shown, key=lambda row: -row[0])
        assert board.people == PEOPLE
        assert len(board.rows) <= 3 + 1 + 2


@SLOW
@given(points=POINTS, who=st.integers(0, PEOPLE - 1), more=st.integers(1, 6))
def test_more_points_never_worsen_a_rank(
    session: Session,
    people: list[Membership],
    now: datetime,
    points: list[int],
    who: int,
    more: int,
) -> None:
    before = my_rank(boards(session, people, points, now)[who])
    points[who] += more

    after = my_rank(boards(session, people, points, now)[who])

    assert (after or 0) <= (before or 0)
