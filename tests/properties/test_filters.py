"""Whatever groups overlap: no boards that open for one person take another apart."""

from collections.abc import Collection
from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.standings import Viewer, Wanted, leaderboard
from gamification.standings.filters import opened_groups
from gamification.standings.groups import GroupTold, groups_of, set_groups
from gamification.standings.upkeep import Totals, move
from gamification.switches import Switch
from models import Membership
from tests.factories import POINT, a_context, a_member

ON = Switch(environment=True, tenant=True, course=True)
WORDS = ("department/a", "section/b", "section/c", "group/d")
PEOPLE = 22
CUTS = st.lists(st.integers(0, PEOPLE), min_size=2, max_size=2).map(sorted)


def parts_of(views: Collection[frozenset[int]]) -> set[int]:
    """Return the sizes of all parts that the views cut people into, nobody's left out."""
    people = frozenset[int]().union(*views)
    marks = [tuple(one in view for view in views) for one in people]
    return {marks.count(mark) for mark in marks}


@given(
    cells=st.dictionaries(
        st.frozensets(st.sampled_from(WORDS)), st.integers(0, 12), max_size=9
    )
)
def test_every_part_that_open_boards_make_has_nobody_or_five(
    cells: dict[frozenset[str], int],
) -> None:
    everybody = sum(cells.values())

    opened = opened_groups(cells, everybody)

    people = [groups for groups, count in cells.items() for _ in range(count)]
    views = [frozenset(range(everybody))] if opened else []
    views += [
        frozenset(n for n, groups in enumerate(people) if word in groups)
        for word in opened
    ]
    assert [size for size in parts_of(views) if size < 5] == []
    assert all(views)
    for one, other in combinations(views, 2):
        assert {len(one - other), len(other - one), len(one & other)} & {
            1,
            2,
            3,
            4,
        } == (set())


@pytest.fixture
def people(session: Session) -> list[Membership]:
    context = a_context(session, board_enabled=True, board_participation="all")
    assert context.zone
    return [a_member(session, of=context) for _ in range(PEOPLE)]


def is_open(session: Session, viewer: Membership, group_id: str, now: datetime) -> bool:
    learner, wanted = Viewer(viewer, "learner"), Wanted(group=group_id)
    board = leaderboard(session, learner, now, switch=ON, wanted=wanted)
    return board.state == "ready"


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cuts=st.lists(CUTS, min_size=4, max_size=4),
    idle=st.sets(st.integers(0, PEOPLE - 1)),
)
def test_the_boards_that_a_learner_can_see_take_nobody_apart(
    session: Session,
    people: list[Membership],
    now: datetime,
    cuts: list[list[int]],
    idle: set[int],
) -> None:
    context = people[0].context
    listed = {m.id for n, m in enumerate(people) if n not in idle}
    ranges = dict(zip(WORDS, (people[low:high] for low, high in cuts), strict=True))
    with session.begin_nested() as example:
        for kind in ("department", "section", "group"):
            told = [
                GroupTold(word, word, frozenset(m.id for m in members))
                for word, members in ranges.items()
                if word.startswith(kind)
            ]
            set_groups(session, context, kind, told, now)
        points = {(id_, "all"): Totals(points=id_ * POINT) for id_ in listed}
        move(session, context, points, now)
        ids = {row.name: row.id for row in groups_of(session, context)}
        viewer = people[cuts[0][0] - 1]
        views = [
            listed & {m.id for m in members}
            for word, members in ranges.items()
            if viewer in members and is_open(session, viewer, ids[word], now)
        ]
        example.rollback()
    session.expire_all()

    if views:
        sizes = parts_of([frozenset(view) for view in [listed, *views]])
        assert [size for size in sizes if size < 5] == []
