"""Leagues: a week's board is of people with about as many points as oneself."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from gamification.standings import NoSuchLeague, refresh, set_consent
from gamification.standings.dealing import choose_leagues, deal, due_leagues
from gamification.standings.groups import GroupTold, groups_of, set_groups
from gamification.standings.showing import follow
from gamification.standings.upkeep import Totals, move
from models import Membership
from tests.factories import POINT, a_member
from tests.integration.gamification.conftest import Counting
from tests.support.leagues import (
    DAY,
    THIS,
    a_course,
    aliases,
    earned,
    names,
    sizes,
    week_of,
)


@pytest.fixture
def people(session: Session, now: datetime) -> list[Membership]:
    """Return 45 people in three leagues of 15."""
    people = a_course(session, now, 45)
    deal(session, people[0].context, now)
    return people


def test_a_week_is_read_among_ones_like_and_ranked_within(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    board = week_of(session, people[20], now)

    assert (board.state, board.people, board.league) == ("ready", 15, "mine")
    assert names(board) == aliases(range(15, 30))
    assert [row.rank for row in board.rows] == list(range(1, 16))
    assert board.rows[0].name == "Alias 15"
    assert board.leagues is None


def test_a_course_without_leagues_reads_everybody(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    people[0].context.board_leagues = False

    board = week_of(session, people[20], now)

    assert (board.people, board.league) == (45, None)


@pytest.mark.parametrize("period", ["all", "2026-W46"])
def test_other_periods_are_the_courses(
    session: Session, now: datetime, people: list[Membership], period: str
) -> None:
    board = week_of(session, people[20], now, period=period)

    assert (board.people, board.league) == (45, None)


def test_a_past_week_is_read_as_it_was_dealt(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    later = now + 7 * DAY
    deal(session, people[0].context, later)

    board = week_of(session, people[20], later, period=THIS)

    assert names(board) == aliases(range(15, 30))


def test_a_past_week_is_without_whom_wants_no_league_until_they_come_back(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    later, gone, boards = now + 7 * DAY, people[16], []
    deal(session, people[0].context, later)

    for wanted in (False, True):
        choose_leagues(session, gone, later, wanted=wanted)
        boards.append(week_of(session, people[20], later, period=THIS))

    assert [(board.people, "Alias 16" in names(board)) for board in boards] == [
        (14, False),
        (15, True),
    ]


def test_staff_read_everybody_or_any_league(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    staff = a_member(session, of=people[0].context, role="instructor")

    whole, second = (week_of(session, staff, now, league=n) for n in (None, 2))

    assert (whole.people, whole.league, whole.leagues) == (45, None, 3)
    assert (second.people, second.league, second.leagues) == (15, 2, 3)
    assert {row.rank for row in second.rows} == set(range(1, 16))
    for absent in (0, 4):
        with pytest.raises(NoSuchLeague):
            week_of(session, staff, now, league=absent)


def test_learners_choose_no_league(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    with pytest.raises(NoSuchLeague):
        week_of(session, people[20], now, league=2)


def test_a_groups_board_of_the_week_is_closed_beside_leagues(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context = people[0].context
    halves = [
        GroupTold(name, name, frozenset(member.id for member in members))
        for name, members in (("a", people[:22]), ("b", people[22:]))
    ]
    set_groups(session, context, "section", halves, now)
    group = groups_of(session, context)[0].id

    states = [
        week_of(session, people[20], now, period=period, group=group).state
        for period in ("week", "all")
    ]

    assert states == ["too_few", "ready"]


def test_who_comes_later_has_the_nearest_league(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context = people[0].context
    ben = a_member(session, of=context, alias="Ben")
    none_yet = week_of(session, ben, now)
    earned(session, now, ben, W45=204, W47=1)
    due = due_leagues(session, now)

    changed = deal(session, context, now)

    assert (none_yet.state, none_yet.people, due) == ("too_few", 0, [context.id])
    assert changed is True
    assert names(week_of(session, ben, now)) == {*aliases(range(15, 30)), "Ben"}
    assert due_leagues(session, now) == []


def test_who_leaves_the_board_is_gone_at_once(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context = people[0].context
    context.board_participation = "opt_out"
    refresh(session, context)

    set_consent(session, people[21], now, joined=False)
    board = week_of(session, people[20], now)
    due = due_leagues(session, now)
    deal(session, context, now)

    assert (board.people, "Alias 21" in names(board)) == (14, False)
    assert due == [context.id]
    assert sizes(session) == [15, 14, 15]


def test_who_wants_no_league_reads_the_whole_week_and_is_in_nobodys(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    best = people[44]

    choose_leagues(session, best, now, wanted=False)
    alone, others = (week_of(session, one, now) for one in (best, people[40]))
    choose_leagues(session, best, now, wanted=True)

    assert (alone.people, alone.league) == (45, None)
    assert (others.people, "Alias 44" in names(others)) == (14, False)
    assert names(week_of(session, best, now)) == aliases(range(30, 45))


def test_four_of_a_league_who_were_active_are_too_few(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    for member in people[15:26]:
        move(
            session,
            member.context,
            {
                (member.id, THIS): Totals(
                    points=(people.index(member) - 45) * POINT, events=-1
                )
            },
            now,
        )

    board = week_of(session, people[27], now)

    assert (board.state, board.people) == ("too_few", 0)


def test_the_leagues_of_an_aliased_board_move_with_its_batches(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    follow(session, people[0].context, now)
    before = week_of(session, people[20], now)

    earned(session, now, people[21], W47=100)
    others, own = (week_of(session, one, now) for one in (people[20], people[21]))

    assert [(r.name, r.rank) for r in others.rows] == [
        (r.name, r.rank) for r in before.rows
    ]
    assert (own.rows[0].name, own.rows[0].rank, own.people) == ("Alias 21", 1, 15)


@pytest.mark.parametrize("number", [30, 75])
@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_a_leagues_board_is_three_queries_whatever_the_course(
    session: Session, now: datetime, statements: Counting, number: int, role: str
) -> None:
    people = a_course(session, now, number)
    deal(session, people[0].context, now)
    staff = a_member(session, of=people[0].context, role="instructor")
    viewer, league = (people[3], None) if role == "learner" else (staff, 2)
    assert viewer.context.zone

    with statements() as asked:
        board = week_of(session, viewer, now, league=league)

    assert (board.people, len(board.rows)) == (15, 15)
    assert len(asked) == 3
