"""Beside the board: who improves, who is steady, teams, and one's own percentile."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings.groups import GroupTold, set_groups
from gamification.standings.lists import improved, steady, teams
from gamification.standings.mine import percentile_of
from gamification.standings.showing import follow
from models import Membership
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import (
    Counting,
    a_class,
    a_fact,
    as_usual,
)

WEEK = timedelta(weeks=1)


def a_quiet_class(
    session: Session,
    number: int,
    **columns: Any,  # noqa: ANN401 -- any column of the course
) -> list[Membership]:
    """Build a course of so many who are on the board and have done nothing."""
    settings = {"board_enabled": True, "board_participation": "all", **columns}
    context = a_context(session, **settings)
    return [a_member(session, of=context, alias=f"Alias {n}") for n in range(number)]


def did(
    session: Session, now: datetime, weeks: Mapping[Membership, Sequence[int]]
) -> None:
    """Let members complete so many things in this week, the last one, and so on."""
    facts = [
        a_fact(member, "completed", attempt=f"{ago} {n}", occurred_at=now - ago * WEEK)
        for member, numbers in weeks.items()
        for ago, number in enumerate(numbers)
        for n in range(number)
    ]
    record(session, facts, now, environment=False)


@pytest.fixture
def people(session: Session) -> list[Membership]:
    return a_quiet_class(session, 7)


def test_who_improves_is_compared_with_nobody_but_themself(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    weeks: dict[Membership, Sequence[int]] = {
        people[0]: [1, 0, 1, 0, 0],
        people[1]: [9, 9, 9, 9, 8],
        people[2]: [9, 9, 9, 9, 9],
        people[3]: [5, 1, 1, 1, 1],
        people[4]: [2, 1, 0, 0, 0],
        people[5]: [3, 0, 0, 0, 4, 9],
        people[6]: [7],
    }
    did(session, now, weeks)

    found = improved(session, as_usual(people[3]), now)

    assert found.state == "ready"
    assert [(row.name, row.more, row.me) for row in found.rows] == [
        ("Alias 3", 12, True),
        ("Alias 5", 6, False),
        ("Alias 4", 5, False),
        ("Alias 0", 2, False),
        ("Alias 1", 0, False),
    ]


def test_four_who_improve_are_too_few_to_be_named(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    did(session, now, {person: [2, 1] for person in people[:4]})

    found = improved(session, as_usual(people[0]), now)

    assert (found.state, found.rows) == ("too_few", ())


def test_who_keeps_at_it_is_named_however_few_their_points(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    weeks: dict[Membership, Sequence[int]] = {
        people[0]: [40],
        people[1]: [20, 20],
        **{person: [1, 1, 0, 1] for person in people[2:6]},
        people[6]: [0, 1, 1, 1, 1],
    }
    did(session, now, weeks)

    found = steady(session, as_usual(people[6]), now)

    assert [(row.name, row.weeks, row.me) for row in found.rows] == [
        *((f"Alias {n}", 3, False) for n in range(2, 6)),
        ("Alias 6", 3, True),
    ]


def test_four_who_are_steady_are_too_few(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    did(session, now, {person: [1, 1, 1] for person in people[:4]})

    assert steady(session, as_usual(people[0]), now).state == "too_few"


def test_who_is_not_on_the_board_is_on_no_list(session: Session, now: datetime) -> None:
    people = a_quiet_class(session, 7, board_participation="opt_out")
    people[6].board_consent = False
    did(session, now, {person: [2, 1, 1] for person in people})

    names = {
        row.name
        for found in (
            improved(session, as_usual(people[0]), now),
            steady(session, as_usual(people[0]), now),
        )
        for row in found.rows
    }

    assert names == {f"Alias {n}" for n in range(6)}


def test_the_lists_of_an_aliased_board_move_with_its_batches(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    did(session, now, {person: [1, 1, 1] for person in people})
    follow(session, people[0].context, now)
    viewer = as_usual(people[0])

    did(session, now, {people[1]: [9]})
    before = improved(session, viewer, now)
    did(session, now + timedelta(minutes=2), {p: [6] for p in people[1:5]})
    after = improved(session, viewer, now)

    assert max(row.more for row in before.rows) == 1
    assert after.rows[0].name == "Alias 1"


def team(name: str, members: Sequence[Membership]) -> GroupTold:
    return GroupTold(name, name, frozenset(member.id for member in members))


def test_teams_are_ranked_by_the_mean_of_their_members(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [6] * 5 + [4] * 8 + [6] * 5 + [90] * 4)
    context = people[0].context
    idle = a_member(session, of=context)
    told = [
        team("Small", people[:5]),
        team("Large", people[5:13]),
        team("Equal", [*people[13:18], idle]),
        team("Few", people[18:]),
    ]
    set_groups(session, context, "team", told, now)

    found = teams(session, as_usual(people[0]))

    assert [(row.rank, row.name, row.points, row.mine) for row in found.rows] == [
        (1, "Small", 6, True),
        (2, "Equal", 5, False),
        (3, "Large", 4, False),
    ]


def test_teams_that_share_somebody_are_left_out(
    session: Session, now: datetime
) -> None:
    people = a_quiet_class(session, 16)
    did(session, now, {person: [1] for person in people})
    told = [
        team("all", people[:6]),
        team("but one", people[:5]),
        team("c", people[6:11]),
        team("d", people[11:]),
    ]
    set_groups(session, people[0].context, "team", told, now)

    found = teams(session, as_usual(people[0]))

    assert [row.name for row in found.rows] == ["c", "d"]


def test_a_week_that_is_closed_counts_once(session: Session, now: datetime) -> None:
    people = a_quiet_class(session, 6)
    did(session, now, {person: [1, 0, 0, 1] for person in people})
    follow(session, people[0].context, now)
    did(session, now + WEEK, {people[0]: [1]})

    found = steady(session, as_usual(people[1]), now + WEEK)

    assert (found.state, found.rows) == ("too_few", ())


def test_one_team_is_compared_with_nobody(session: Session, now: datetime) -> None:
    people = a_class(session, now, [6] * 9)
    told = [team("One", people[:5]), team("Two", people[5:])]
    set_groups(session, people[0].context, "team", told, now)

    assert teams(session, as_usual(people[0])).state == "too_few"


@pytest.mark.parametrize(
    ("points", "place", "percent"),
    [
        (list(range(1, 101)), 0, 0),
        (list(range(1, 101)), 99, 95),
        (list(range(1, 101)), 54, 50),
        (list(range(1, 104)), 52, 50),
        ([5] * 100, 3, 0),
        (list(range(1, 100)), 98, None),
    ],
)
def test_a_percentile_is_in_steps_of_five_and_takes_a_hundred_people(
    session: Session, now: datetime, points: list[int], place: int, percent: int | None
) -> None:
    people = a_class(session, now, points, board_participation="opt_in")

    assert percentile_of(session, people[place]) == percent


def test_who_has_no_points_or_no_rank_has_no_percentile(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, list(range(1, 102)))
    idle = a_member(session, of=people[0].context)
    staff = a_member(session, of=people[0].context, role="instructor")

    assert [percentile_of(session, member) for member in (idle, staff)] == [None, None]


@pytest.mark.parametrize("number", [6, 18])
def test_a_list_is_one_query_whatever_its_size(
    session: Session, now: datetime, statements: Counting, number: int
) -> None:
    people = a_quiet_class(session, number)
    did(session, now, {person: [2, 1, 1] for person in people})
    halves = [team("a", people[::2]), team("b", people[1::2])]
    set_groups(session, people[0].context, "team", halves, now)
    viewer = as_usual(people[0])
    assert viewer.member.context.zone

    with statements() as asked:
        improved(session, viewer, now)
        steady(session, viewer, now)
        teams(session, viewer)
        percentile_of(session, people[0])

    assert len(asked) == 4
