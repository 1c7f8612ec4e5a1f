"""A page of the board costs as much in a large course as in a small one.

SQLite counts the steps of its machine: the same in every run, whatever the hardware.
"""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings import Viewer, leaderboard
from gamification.standings.showing import follow
from gamification.standings.upkeep import Totals, move
from models import Membership
from tests.factories import POINT, a_context, a_member
from tests.integration.gamification.conftest import ON
from tests.support.steps import stepping

pytestmark = pytest.mark.sqlite_alone

VALUES = 20
"""So many different points, whatever the course: the histogram grows with these."""


@pytest.mark.parametrize("minimum", [0, 2])
@pytest.mark.parametrize(
    ("role", "is_batched"),
    [("learner", True), ("learner", False), ("instructor", True)],
)
def test_a_page_takes_as_many_steps_in_a_course_ten_times_as_large(
    session: Session,
    engine: sa.Engine,
    now: datetime,
    role: str,
    is_batched: bool,
    minimum: int,
) -> None:
    ticks = []
    for people in (60, 600):
        learner = a_board(session, now, people, minimum, is_batched=is_batched)
        viewer = Viewer(learner, role)
        with stepping(engine) as passed:
            board = leaderboard(session, viewer, now, switch=ON)
        assert (board.state, len(board.rows)) == ("ready", 17)
        ticks.append(passed())

    few, many = ticks
    assert 0 < many <= 1.1 * few


def test_a_walk_through_a_course_takes_steps_for_each(
    session: Session, engine: sa.Engine, now: datetime
) -> None:
    ticks = []
    for people in (60, 600):
        learner = a_board(session, now, people, 0, is_batched=False)
        with stepping(engine) as passed:
            session.scalars(
                sa.select(Membership.id).where(
                    Membership.context_id == learner.context_id
                )
            ).all()
        ticks.append(passed())

    few, many = ticks
    assert many > 5 * few


def a_board(
    session: Session, now: datetime, people: int, minimum: int, *, is_batched: bool
) -> Membership:
    """Build a board of so many; return one who has half of the others ahead."""
    context = a_context(
        session,
        board_enabled=True,
        board_participation="all",
        board_minimum=minimum,
        board_top=6,
        board_neighbours=5,
    )
    members = [a_member(session, of=context) for _ in range(people)]
    changes = {
        (member.id, "all"): Totals(points=(n % VALUES) * POINT, events=1)
        for n, member in enumerate(members)
    }
    move(session, context, changes, now)
    if is_batched:
        follow(session, context, now)
    session.flush()
    assert context.tenant.id
    return members[people // 2 - people // 2 % VALUES + VALUES // 2]
