"""Which boards move in batches, and what makes one complete."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import rebuild
from gamification.standings import Board, Wanted, leaderboard, showing
from gamification.standings.showing import due_boards, follow, show
from models import Histogram, Membership, ShownStanding
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, as_usual
from tests.integration.gamification.test_showing import (
    LATER,
    a_batched_class,
    act,
    read,
)
from tests.support.awarding import an_award

WEEKS = timedelta(weeks=3)


def test_who_is_an_alias_on_a_board_of_names_moves_with_a_batch(
    session: Session, now: datetime
) -> None:
    people = a_batched_class(session, now, [9, 8, 7, 6, 5, 4], board_identity="name")
    before = read(session, people[0], now)

    act(session, now + LATER, people[5])
    one = read(session, people[0], now + LATER)
    act(session, now + LATER, *people[3:5])

    moved = {"Alias 3": 9, "Alias 4": 8, "Alias 5": 7}
    assert one == before
    assert read(session, people[0], now + LATER) == before | moved


def test_a_board_that_is_turned_on_or_off_is_found(
    session: Session, now: datetime
) -> None:
    context = a_batched_class(session, now, [9, 8, 7, 6, 5, 4])[0].context
    session.flush()
    found = [due_boards(session, now)]
    context.board_enabled = False
    session.flush()
    found.append(due_boards(session, now))
    follow(session, context, now)

    assert found == [[], [context.id]]
    assert session.scalars(sa.select(ShownStanding)).all() == []


def test_who_is_below_where_a_board_begins_makes_no_third(
    session: Session, now: datetime
) -> None:
    points = [99, 98, 97, 96, 95, 94, 3, 2]
    people = a_batched_class(session, now, points, board_minimum=50)
    before = read(session, people[0], now)

    act(session, now + LATER, *people[5:])
    one = read(session, people[0], now + LATER)
    act(session, now + LATER, *people[3:5])

    assert one == before
    assert read(session, people[0], now + LATER)["Alias 5"] == 97


def test_a_rebuild_in_another_hour_shows_nobody_alone(
    session: Session, now: datetime
) -> None:
    people = a_batched_class(session, now, [9, 8, 7, 6, 5, 4])
    before = read(session, people[0], now)
    act(session, now, people[5])
    later = now + timedelta(hours=2)

    rebuild(session, people[0].context, later)
    show(session, people[0].context, later)

    assert read(session, people[0], later) == before


@pytest.mark.parametrize("acting", [2, 3])
def test_whole_periods_are_shown_by_the_worker_where_three_moved(
    session: Session, now: datetime, acting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "AT_ONCE", 1)
    people = a_batched_class(session, now, [9, 8, 7, 6, 5, 4])
    context, before = people[0].context, read(session, people[0], now)
    act(session, now + LATER, *people[-acting:])
    by_request = read(session, people[0], now + LATER)
    shown = show(session, context, now + LATER, many=True)

    assert by_request == before
    assert shown is (acting == 3)
    assert (read(session, people[0], now + LATER) != before) is (acting == 3)
    assert counted(session) == bars(session)


def counted(session: Session) -> int:
    rows = sa.select(sa.func.count()).where(ShownStanding.points.is_not(None))
    return session.scalar(rows) or 0


def bars(session: Session) -> int:
    people = sa.select(sa.func.sum(Histogram.people))
    return session.scalar(people.where(Histogram.audience == "shown")) or 0


def closed(session: Session, member: Membership, now: datetime, week: str) -> Board:
    wanted = Wanted(period=week)
    return leaderboard(session, as_usual(member), now, switch=ON, wanted=wanted)


def test_a_badge_on_a_closed_week_comes_with_a_batch(
    session: Session, now: datetime
) -> None:
    people = a_batched_class(session, now, [9, 8, 7, 6, 5, 4])
    badge = a_badge(session, of=people[0].context, metric="events", threshold=99)
    week, now = f"{now:%G-W%V}", now + WEEKS
    act(session, now, people[0])
    an_award(session, people[4], badge)

    boards = [
        {row.name: row.badges for row in closed(session, one, now, week).rows}
        for one in (people[0], people[4])
    ]

    assert [board["Alias 4"] for board in boards] == [0, 1]


def test_a_board_of_nobody_has_no_batch(session: Session, now: datetime) -> None:
    context = a_context(session, board_enabled=True)
    a_member(session, of=context)
    follow(session, context, now)

    assert show(session, context, now + LATER, many=True) is False
    assert session.scalars(sa.select(Membership.context_id)).all() == [context.id]
