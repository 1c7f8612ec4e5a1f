"""Boards of aliases in batches: who acts is not seen to, and sees themself at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.standings import Board, Wanted, leaderboard, refresh, set_consent
from gamification.standings.groups import GroupTold, groups_of, set_groups
from gamification.standings.showing import follow, show
from jobs.boards import show_due_boards
from models import Histogram, Membership, ShownStanding
from tests.factories import POINT, a_badge, a_member, an_item
from tests.integration.gamification.conftest import (
    ON,
    Counting,
    a_class,
    a_fact,
    as_usual,
    seen,
)
from tests.support.awarding import an_award
from tests.support.clock import Clock

LATER = timedelta(seconds=60)


@pytest.fixture
def people(session: Session, now: datetime) -> list[Membership]:
    return a_batched_class(session, now, [9, 8, 7, 6, 5, 4])


def a_batched_class(
    session: Session,
    now: datetime,
    points: list[int],
    **columns: Any,  # noqa: ANN401 -- any column of the course
) -> list[Membership]:
    people = a_class(session, now, points, **{"board_top": 9, **columns})
    follow(session, people[0].context, now)
    return people


def act(session: Session, now: datetime, *members: Membership, word: str = "x") -> None:
    """Let members complete something: three points each."""
    facts = [a_fact(m, "completed", attempt=word, occurred_at=now) for m in members]
    assert record(session, facts, now, environment=True).new == len(facts)


def read(session: Session, member: Membership, now: datetime) -> dict[str, int]:
    board = seen(session, member, now)
    assert [row.rank for row in board.rows] == ranks_of(board)
    return {row.name: row.points for row in board.rows}


def ranks_of(board: Board) -> list[int]:
    points = [row.points for row in board.rows]
    return [1 + sum(other > own for other in points) for own in points]


def test_ones_own_row_moves_at_once_and_nobody_else_sees_it(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    before = read(session, people[0], now)

    act(session, now + LATER, people[3])

    assert read(session, people[0], now + LATER) == before
    assert read(session, people[3], now + LATER) == before | {"Alias 3": 9}


def test_three_who_acted_are_shown_together_after_a_minute(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    before = read(session, people[0], now)

    act(session, now + LATER, people[3])
    act(session, now + LATER, people[4])
    two = read(session, people[0], now + LATER)
    act(session, now + LATER, people[5])

    moved = {"Alias 3": 9, "Alias 4": 8, "Alias 5": 7}
    assert two == before
    assert read(session, people[0], now + LATER) == before | moved


def test_a_batch_waits_for_its_minute_and_the_job_shows_it_then(
    app: OpenAPI,
    clock: Clock,
    session: Session,
    now: datetime,
    people: list[Membership],
) -> None:
    before = read(session, people[0], now)
    act(session, now + timedelta(seconds=59), *people[3:])
    assert read(session, people[0], now) == before
    session.commit()

    shown = []
    for seconds in (59, 1, 60):
        clock.advance(timedelta(seconds=seconds))
        with app.app_context():
            shown.append(show_due_boards())

    session.rollback()
    assert shown == [0, 1, 0]
    assert read(session, people[0], clock())["Alias 3"] == 9


@pytest.mark.parametrize("hours", [1, 24])
def test_two_who_acted_wait_for_a_third(
    session: Session, now: datetime, people: list[Membership], hours: int
) -> None:
    before = read(session, people[0], now)
    act(session, now, *people[4:])
    later = now + timedelta(hours=hours)

    assert show(session, people[0].context, later) is False
    assert read(session, people[0], later) == before


def test_one_who_acts_three_times_is_one_person(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    before = read(session, people[0], now)

    for word in "abc":
        act(session, now + LATER, people[4], word=word)

    assert read(session, people[0], now + LATER) == before


def test_what_cannot_be_seen_makes_no_third(session: Session, now: datetime) -> None:
    people = a_batched_class(session, now, [9, 8, 7, 6, 5, 4])
    before = read(session, people[0], now)
    item = an_item(session, of=people[0].context)
    fraction = a_fact(people[3], "graded", item, score=POINT, occurred_at=now)

    record(session, [fraction], now + timedelta(minutes=5), environment=False)
    act(session, now + timedelta(minutes=5), *people[4:])

    assert read(session, people[0], now + timedelta(minutes=5)) == before


def test_who_leaves_is_gone_at_once_and_who_joins_comes_with_a_batch(
    session: Session, now: datetime
) -> None:
    people = a_batched_class(
        session, now, list(range(9, 1, -1)), board_participation="opt_out"
    )
    set_consent(session, people[0], now + LATER, joined=False)
    left = read(session, people[1], now + LATER)
    set_consent(session, people[0], now + LATER, joined=True)
    back = read(session, people[1], now + LATER)
    act(session, now + LATER, *people[6:])

    assert "Alias 0" not in left
    assert back == left
    assert read(session, people[1], now + LATER)["Alias 0"] == 9
    assert seen(session, people[1], now).people == 8


def test_a_newcomer_reads_their_own_row_before_the_others_do(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    newcomer = a_member(session, of=people[0].context, alias="Alias new")

    act(session, now + LATER, newcomer)

    boards = [seen(session, viewer, now + LATER) for viewer in (newcomer, people[0])]
    mine = [(row.name, row.rank) for row in boards[0].rows if row.me]
    assert [board.people for board in boards] == [7, 6]
    assert mine == [("Alias new", 7)]
    assert "Alias new" not in [row.name for row in boards[1].rows]


def test_staff_read_a_board_as_it_is(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    staff = a_member(session, of=people[0].context, role="instructor")

    act(session, now, people[5])

    assert read(session, staff, now)["Name 5"] == 7


def test_a_badge_is_shown_with_the_batch_of_its_points(
    session: Session, now: datetime
) -> None:
    people = a_batched_class(session, now, [9, 8, 7, 6, 5, 4])
    badge = a_badge(session, of=people[0].context, metric="events", threshold=99)
    an_award(session, people[4], badge)
    before = seen(session, people[0], now).rows
    act(session, now + LATER, *people[3:])
    after = seen(session, people[0], now).rows

    assert [row.name for row in before if row.badges] == []
    assert [(row.name, row.badges) for row in after if row.badges] == [("Alias 4", 1)]


def test_a_groups_board_is_in_batches_too(session: Session, now: datetime) -> None:
    people = a_batched_class(session, now, list(range(12, 2, -1)))
    context = people[0].context
    told = [
        GroupTold(name, name, frozenset(m.id for m in members))
        for name, members in {"a": people[:5], "b": people[5:]}.items()
    ]
    set_groups(session, context, "team", told, now)
    wanted = Wanted(group=groups_of(session, context)[0].id)

    def rows(member: Membership) -> list[tuple[str, int, int | None]]:
        viewer = as_usual(member)
        board = leaderboard(session, viewer, now, switch=ON, wanted=wanted)
        return [(row.name, row.points, row.rank) for row in board.rows]

    before = rows(people[0])
    act(session, now, people[4])

    assert rows(people[0]) == before
    assert rows(people[4])[:2] == [("Alias 0", 12, 1), ("Alias 4", 11, 2)]


def test_after_a_rebuild_the_board_waits_as_before(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    before = read(session, people[0], now)
    act(session, now, people[5])

    rebuild(session, people[0].context, now + LATER)
    show(session, people[0].context, now + LATER)

    assert read(session, people[0], now + LATER) == before


def test_another_participation_takes_out_who_is_no_participant(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context = people[0].context
    for person in people[:5]:
        person.board_consent = True
    context.board_participation = "opt_in"
    refresh(session, context)

    assert sorted(read(session, people[0], now)) == [f"Alias {n}" for n in range(5)]


def test_what_is_counted_is_what_is_shown(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    for turn in range(6):
        moment = now + (turn + 1) * timedelta(seconds=40)
        act(session, moment, *people[turn % 3 :: 2], word=f"turn {turn}")
        set_consent(session, people[turn], moment, joined=bool(turn % 2))
        refresh(session, people[0].context)
        shown = session.execute(
            sa.select(ShownStanding.period, ShownStanding.points // POINT).where(
                ShownStanding.points.is_not(None)
            )
        ).all()
        counted = session.execute(
            sa.select(Histogram.period, Histogram.points, Histogram.people).where(
                Histogram.audience == "shown"
            )
        ).all()
        assert len(shown) >= 9
        assert sorted(map(tuple, shown)) == sorted(
            (period, points) for period, points, n in counted for _ in range(n)
        )


@pytest.mark.parametrize("size", [6, 20])
def test_a_batched_board_is_two_queries_whatever_its_size(
    session: Session, now: datetime, statements: Counting, size: int
) -> None:
    people = a_batched_class(session, now, list(range(size, 0, -1)), board_top=size)
    session.refresh(people[2].context)
    assert people[2].context.zone  # read with the launch

    with statements() as asked:
        board = seen(session, people[2], now)

    assert len(board.rows) == size
    assert len(asked) == 2
