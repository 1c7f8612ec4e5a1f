"""Milestones are reached once and kept; bests are one's own and can be made anew."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.standings.bests import known_bests
from gamification.standings.levels import Curve
from gamification.standings.progress import my_progress
from gamification.standings.reaching import reach
from models import Membership, MilestoneReached, PersonalBest, StreamEvent
from tests.factories import POINT, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act, a_fact
from tests.support.news import news, news_kinds

DAY = timedelta(days=1)
WEEK = 7 * DAY


def reached(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(
        sa.select(MilestoneReached.kind, MilestoneReached.value).order_by(
            MilestoneReached.kind, MilestoneReached.value
        )
    )
    return [(kind, value) for kind, value in rows]


def work(session: Session, member: Membership, now: datetime, points: int) -> None:
    """Earn an even number of points, by handing in, at a moment."""
    facts = [
        a_fact(member, attempt=f"{now}:{n}", occurred_at=now)
        for n in range(points // 2)
    ]
    assert record(session, facts, now, environment=True).refused == []


def test_a_milestone_is_reached_once_and_told_once(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)

    work(session, ada, now, 10)
    work(session, ada, now + DAY, 2)

    assert reached(session) == [("points", 10)]
    assert news(session) == [
        (ada.id, "milestone", {"milestone": "points", "value": 10})
    ]
    events = sa.select(StreamEvent.membership_id).where(StreamEvent.kind == "milestone")
    assert session.scalars(events).all() == [ada.id]


def test_a_milestone_is_kept_when_points_fall(session: Session, now: datetime) -> None:
    ada = a_member(session)
    item = an_item(session, of=ada.context)
    work(session, ada, now, 8)
    first = a_fact(ada, "submitted", item)
    record(session, [first], now, environment=True)
    back = a_fact(ada, "submitted", item, status="withdrawn", seen_at=now)
    record(session, [back], now + DAY, environment=True)
    record(session, [a_fact(ada, attempt="again")], now + DAY, environment=True)

    assert reached(session) == [("points", 10)]
    assert news_kinds(session) == ["milestone"]


def test_levels_and_shares_of_the_items_are_milestones_too(
    session: Session, act: Act
) -> None:
    ada = a_member(session)
    items = [an_item(session, of=ada.context) for _ in range(8)]
    for item in items[:4]:
        act(ada, "completed", item)

    assert reached(session) == [("points", 10), ("share", 25), ("share", 50)]
    for item in items[4:7]:
        act(ada, "completed", item)
    assert ("level", 1) in reached(session)
    assert news_kinds(session).count("level") == 1


def test_an_item_that_is_gone_is_no_part_of_the_whole(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    there, gone = (an_item(session, of=ada.context) for _ in range(2))
    gone.gone_at = now

    act(ada, "completed", there)

    assert ("share", 100) in reached(session)


def test_many_milestones_at_once_are_one_piece_of_news(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)

    work(session, ada, now, 250)

    kinds = [kind for kind, _ in reached(session)]
    assert kinds.count("points") == 5
    bundles = sa.text("SELECT count(DISTINCT bundle) FROM notification WHERE kind = :k")
    assert session.scalar(bundles, {"k": "milestone"}) == 1


@pytest.mark.parametrize("role", ["instructor", "observer", "test"])
def test_only_learners_reach_milestones(
    session: Session, now: datetime, role: str
) -> None:
    work(session, a_member(session, role=role), now, 30)

    assert reached(session) == []


def test_nothing_is_reached_while_a_switch_is_off(
    session: Session, now: datetime
) -> None:
    ada = a_member(session, of=a_context(session, enabled=False))

    work(session, ada, now, 30)
    work(session, ada, now + WEEK, 40)

    assert (reached(session), news(session)) == ([], [])
    assert known_bests(session, ada.context_id, [ada.id])[ada.id, "week"].value == (
        40 * POINT
    )


def test_what_is_made_up_for_is_reached_silently(
    session: Session, now: datetime
) -> None:
    ada = a_member(session, of=a_context(session, enabled=False))
    work(session, ada, now, 30)

    count = reach(session, ada.context, now, [ada.id], silent=True)

    assert (count, news(session)) == (3, [])


def test_a_level_is_a_sum_of_whole_steps() -> None:
    curve = Curve(base=20, growth=150)

    starts = list(curve.starts)

    assert starts[:5] == [20, 50, 95, 162, 262]
    assert [curve.level(points) for points in (0, 19, 20, 49, 50, 10**9)] == [
        *(0, 0, 1, 1, 2),
        curve.level(10**9),
    ]
    assert len(list(Curve(1, 100).starts)) == 100
    assert Curve(1, 100).level(10**6) == 100


def test_the_first_week_is_no_best_and_a_better_one_is_told_once(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)

    work(session, ada, now - 2 * WEEK, 4)
    work(session, ada, now - WEEK, 4)
    work(session, ada, now, 6)
    work(session, ada, now + timedelta(seconds=1), 2)

    best = known_bests(session, ada.context_id, [ada.id])[ada.id, "week"]
    assert (best.value, best.place) == (8 * POINT, "2026-W47")
    weeks = [s for _, kind, s in news(session) if s.get("best") == "week"]
    assert weeks == [{"best": "week", "value": 6}]


@pytest.mark.parametrize(
    ("second", "told"),
    [((89_999_999, 100), 0), ((90_000_000, 100), 0), ((90_000_001, 100), 1)],
)
def test_results_are_compared_as_fractions(
    session: Session, act: Act, second: tuple[int, int], told: int
) -> None:
    ada = a_member(session)
    first, other = (an_item(session, of=ada.context) for _ in range(2))
    act(ada, "graded", first, score=27 * POINT, maximum=30 * POINT)

    act(ada, "graded", other, score=second[0], maximum=second[1] * POINT)

    best = known_bests(session, ada.context_id, [ada.id])[ada.id, "result"]
    assert best.place == (other.public_id if told else first.public_id)
    assert len([s for _, _, s in news(session) if s.get("best") == "result"]) == told


def test_bests_that_are_rebuilt_are_the_same(session: Session, now: datetime) -> None:
    context = a_context(session)
    people = [a_member(session, of=context) for _ in range(3)]
    items = [an_item(session, of=context) for _ in range(3)]
    for number, member in enumerate(people):
        for week in range(number + 1):
            work(session, member, now - week * WEEK, 2 * (week + 1))
        for place, item in enumerate(items):
            fact = a_fact(member, "graded", item, score=(place + number) * 20 * POINT)
            record(session, [fact], now, environment=True)
    withdrawn = a_fact(
        people[0], "graded", items[2], status="withdrawn", score=None, seen_at=now
    )
    record(session, [withdrawn], now + DAY, environment=True)
    before = bests(session)
    told = len(news(session))

    rebuild(session, context, now)

    assert len(before) == 9
    assert bests(session) == before
    assert len(news(session)) == told


def bests(session: Session) -> list[tuple[object, ...]]:
    table = PersonalBest.__table__
    rows = session.execute(sa.select(table).order_by(*table.primary_key))
    return [tuple(row) for row in rows]


def test_my_progress_is_mine_alone_and_needs_no_board(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session, board_enabled=False)
    ada, ben = (a_member(session, of=context) for _ in range(2))
    items = [an_item(session, of=context) for _ in range(4)]
    work(session, ben, now, 100)
    act(ada, "completed", items[0])
    act(ada, "completed", items[1])
    act(ada, "graded", items[0], score=80 * POINT)

    mine = my_progress(session, ada, now)

    assert (mine.standing.points, mine.items_done, mine.items) == (10, 2, 4)
    assert (mine.level.number, mine.level.points_needed) == (0, 10)
    assert [(one.kind, one.value, one.missing) for one in mine.ahead] == [
        ("points", 25, 15),
        ("share", 75, 1),
    ]
    assert mine.best_item == items[0].label
    assert (mine.steadiness.active_weeks, mine.steadiness.run) == (1, 1)
    assert {(one.kind, one.value) for one in mine.reached} == {
        ("points", 10),
        ("share", 25),
        ("share", 50),
    }
