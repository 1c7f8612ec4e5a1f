"""Leagues: sizes, borders, and that the order of coming and going says nothing."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.standings.leagues import borders_between, deal, numbers_of

POINTS = st.dictionaries(st.integers(1, 10_000), st.integers(0, 60), max_size=120)


def sizes(people: int) -> list[int]:
    return [
        len(league) for league in deal((member, member) for member in range(people))
    ]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (0, [0]),
        (1, [1]),
        (20, [20]),
        (21, [11, 10]),
        (22, [11, 11]),
        (37, [19, 18]),
        (38, [13, 13, 12]),
        (45, [15, 15, 15]),
        (52, [18, 17, 17]),
    ],
)
def test_leagues_are_of_about_fifteen(people: int, expected: list[int]) -> None:
    assert sizes(people) == expected


def test_no_league_is_larger_than_twenty_or_smaller_than_ten_of_many() -> None:
    found = {size for people in range(21, 400) for size in sizes(people)}

    assert (min(found), max(found)) == (10, 19)


def test_the_best_are_in_the_first_league_and_equals_go_by_number() -> None:
    leagues = deal([(5, 30), (9, 7), *((5, member) for member in range(1, 30))])

    assert [leagues[0][0], leagues[0][1]] == [(9, 7), (5, 1)]
    assert leagues[-1][-1] == (5, 30)


def test_a_border_is_half_way_and_within_equals_at_a_member() -> None:
    leagues = [[(90, 1), (80, 2)], [(40, 3), (30, 4)], [(30, 5)]]

    assert borders_between(leagues) == [[60, 0], [30, 5]]


@pytest.mark.parametrize(
    ("points", "league"), [(1000, 1), (61, 1), (60, 2), (59, 2), (31, 2), (0, 3)]
)
def test_who_comes_later_is_in_the_nearest_league(points: int, league: int) -> None:
    ones = dict.fromkeys(range(1, 11), 90)
    twos = dict.fromkeys(range(11, 21), 40)
    threes = dict.fromkeys(range(21, 31), 10)

    numbers = numbers_of([[60, 0], [25, 0]], {**ones, **twos, **threes, 99: points})

    assert numbers[99] == league


def test_fewer_than_ten_play_with_the_next_league() -> None:
    points = {**dict.fromkeys(range(1, 10), 9), **dict.fromkeys(range(10, 21), 5)}

    assert set(numbers_of([[7, 0]], points).values()) == {1}


def test_the_last_nine_play_with_the_league_before() -> None:
    points = {**dict.fromkeys(range(1, 12), 9), **dict.fromkeys(range(12, 21), 1)}

    assert set(numbers_of([[7, 0]], points).values()) == {1}


def test_two_that_play_together_are_cut_again_where_they_are_too_many() -> None:
    points = {**dict.fromkeys(range(1, 10), 9), **dict.fromkeys(range(10, 25), 5)}

    leagues = list(numbers_of([[7, 0]], points).values())

    assert [leagues.count(number) for number in (1, 2)] == [12, 12]


@given(POINTS)
def test_a_draw_is_what_its_borders_say(points: dict[int, int]) -> None:
    leagues = deal((own, member) for member, own in points.items())

    told = numbers_of(borders_between(leagues), points)

    drawn = {m: n for n, league in enumerate(leagues, 1) for _, m in league}
    assert told == drawn


@given(POINTS, POINTS, st.sets(st.integers(1, 10_000)))
def test_leagues_have_ten_to_twenty_people_whoever_came_and_left(
    drawn: dict[int, int], came: dict[int, int], left: set[int]
) -> None:
    leagues = deal((own, member) for member, own in drawn.items())
    points = {m: own for m, own in {**came, **drawn}.items() if m not in left}

    numbers = numbers_of(borders_between(leagues), points)

    counts = [list(numbers.values()).count(n) for n in sorted(set(numbers.values()))]
    assert numbers.keys() == points.keys()
    fewest = min(10, len(points))
    assert all(fewest <= count <= 20 for count in counts)


@given(POINTS, POINTS, st.randoms(use_true_random=False))
def test_leagues_do_not_depend_on_who_came_first(
    drawn: dict[int, int],
    came: dict[int, int],
    chance: Random,
) -> None:
    borders = borders_between(deal((own, m) for m, own in drawn.items()))
    points = {**came, **drawn}
    members = list(points)
    chance.shuffle(members)

    shuffled = numbers_of(borders, {member: points[member] for member in members})

    assert shuffled == numbers_of(borders, points)


@given(POINTS)
def test_nobody_is_above_who_had_more(points: dict[int, int]) -> None:
    numbers = numbers_of([[40, 0], [20, 0]], points)

    ranked = sorted(points, key=lambda member: (-points[member], member))
    assert [numbers[m] for m in ranked] == sorted(numbers.values())
