"""What leagues tell beside the whole course's board: nothing about one person."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings import NoSuchGroup, refresh
from gamification.standings.dealing import choose_leagues, deal
from gamification.standings.groups import GroupTold, groups_of, set_groups
from gamification.standings.showing import follow, show
from gamification.standings.upkeep import Totals, move
from models import LeagueDraw, Membership
from tests.factories import POINT, a_member
from tests.support.leagues import (
    THIS,
    a_course,
    aliases,
    earned,
    names,
    places,
    sizes,
    week_of,
)

MINUTE = timedelta(minutes=1)


def idle(session: Session, now: datetime, people: list[Membership]) -> None:
    """Take this week's points back, which those of a course have by their number."""
    for member in people:
        number = int(member.alias.removeprefix("Alias "))
        points = Totals(points=(number - 22) * POINT, events=-1)
        move(session, member.context, {(member.id, THIS): points}, now)


@pytest.fixture
def two(session: Session, now: datetime) -> list[Membership]:
    """Return 22 people in two leagues of 11, the second one of the first eleven."""
    people = a_course(session, now, 22)
    deal(session, people[0].context, now)
    return people


def test_one_league_is_the_whole_course_with_who_wants_none(
    session: Session, now: datetime
) -> None:
    people = a_course(session, now, 20)
    deal(session, people[0].context, now)
    choose_leagues(session, people[7], now, wanted=False)

    boards = [week_of(session, people[number], now) for number in (3, 7)]

    assert sizes(session) == [19]
    assert [(b.people, b.league, names(b)) for b in boards] == [
        (20, None, aliases(range(20)))
    ] * 2


@pytest.mark.parametrize(
    ("active", "states"),
    [
        (0, ["ready", "too_few", "ready"]),
        (1, ["too_few", "too_few", "ready"]),
        (4, ["too_few", "too_few", "ready"]),
        (5, ["ready", "ready", "ready"]),
    ],
)
def test_a_league_is_closed_while_the_rest_of_the_course_is_one_to_four(
    session: Session,
    now: datetime,
    two: list[Membership],
    active: int,
    states: list[str],
) -> None:
    idle(session, now, two[active:11])
    best = two[21]

    first, second = (week_of(session, one, now) for one in (best, two[0]))
    choose_leagues(session, best, now, wanted=False)
    whole = week_of(session, best, now)

    assert [board.state for board in (first, second, whole)] == states
    assert whole.people == 11 + active
    staff = a_member(session, of=best.context, role="instructor")
    assert week_of(session, staff, now, league=2).people == active


@pytest.mark.parametrize("wanted", [True, False])
def test_a_groups_board_is_closed_to_who_could_lay_a_league_beside_it(
    session: Session, now: datetime, two: list[Membership], wanted: bool
) -> None:
    context = two[0].context
    halves = [
        GroupTold(name, name, frozenset(member.id for member in members))
        for name, members in (("a", two[:12]), ("b", two[12:]))
    ]
    set_groups(session, context, "section", halves, now)
    mine, other = (row.id for row in groups_of(session, context))
    choose_leagues(session, two[3], now, wanted=wanted)

    board = week_of(session, two[3], now, group=mine)

    assert (board.state, board.people) == ("too_few", 0)
    with pytest.raises(NoSuchGroup):
        week_of(session, two[3], now, group=other)


def test_who_comes_back_to_leagues_is_read_with_the_next_batch(
    session: Session, now: datetime, two: list[Membership]
) -> None:
    context, best, other = two[0].context, two[21], two[20]
    follow(session, context, now)
    choose_leagues(session, best, now, wanted=False)

    choose_leagues(session, best, now, wanted=True)
    own, others = (week_of(session, one, now) for one in (best, other))
    for member in two[18:20]:
        earned(session, now, member, W47=3)
    show(session, context, now + MINUTE)
    later = week_of(session, other, now + MINUTE)

    assert "Alias 21" in names(own)
    assert (others.people, "Alias 21" in names(others)) == (10, False)
    assert (later.people, "Alias 21" in names(later)) == (11, True)


def test_points_of_who_is_not_on_the_board_change_no_league(
    session: Session, now: datetime
) -> None:
    found = []
    for points in (0, 7, 90_000):
        people = a_course(session, now, 22, board_participation="opt_out")
        private = a_member(session, of=people[0].context, board_consent=False)
        earned(session, now, private, W46=points, W47=points)
        deal(session, private.context, now)
        draw = session.scalars(
            sa.select(LeagueDraw).where(LeagueDraw.context_id == private.context_id)
        ).one()
        leagues = places(session)
        board = week_of(session, people[3], now)
        found.append(
            (
                draw.borders,
                [leagues[member.id] for member in people],
                private.id in leagues,
                board.people,
                [(row.name, row.rank, row.points) for row in board.rows],
            )
        )

    assert found[0] == found[1] == found[2]


def test_points_from_before_somebody_left_the_board_change_no_league(
    session: Session, now: datetime, two: list[Membership]
) -> None:
    before = places(session)
    two[5].board_consent, two[5].context.board_participation = False, "opt_out"
    refresh(session, two[5].context)
    deal(session, two[5].context, now)
    left = places(session)

    earned(session, now, two[5], W46=90_000, W47=90_000)
    changed = deal(session, two[5].context, now)

    assert changed is False
    assert (
        places(session) == left == {k: v for k, v in before.items() if k != two[5].id}
    )


def test_where_all_are_one_league_coming_back_hides_nobody(
    session: Session, now: datetime
) -> None:
    people = a_course(session, now, 20)
    context = people[0].context
    deal(session, context, now)
    follow(session, context, now)
    choose_leagues(session, people[7], now, wanted=False)

    choose_leagues(session, people[7], now, wanted=True)

    assert "Alias 7" in names(week_of(session, people[3], now))
