"""Dealing leagues: each week anew, and the same however people came and left."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.standings import refresh
from gamification.standings.dealing import choose_leagues, deal, due_leagues
from jobs.leagues import deal_due_leagues
from models import LeagueDraw, LeaguePlace, Membership
from tests.factories import a_member
from tests.integration.gamification.conftest import a_fact
from tests.support.clock import Clock
from tests.support.leagues import DAY, a_course, earned, places, sizes, week_of
from tests.support.merging import merged, parted


@pytest.fixture
def people(session: Session, now: datetime) -> list[Membership]:
    """Return 45 people in three leagues of 15."""
    people = a_course(session, now, 45)
    deal(session, people[0].context, now)
    return people


def twins(
    session: Session, now: datetime, people: list[Membership]
) -> tuple[Membership, Membership]:
    """Add two who handed in last week, one of them far more, and deal them in."""
    kept, gone = (a_member(session, of=people[0].context) for _ in range(2))
    facts = [
        a_fact(member, attempt=str(n), occurred_at=now - 7 * DAY)
        for member, times in ((kept, 1), (gone, 200))
        for n in range(times)
    ]
    record(session, facts, now, environment=False)
    deal(session, kept.context, now)
    return kept, gone


@pytest.mark.parametrize(
    ("people", "expected"), [(5, [5]), (9, [9]), (11, [11]), (21, [11, 10])]
)
def test_a_small_course_has_one_league(
    session: Session, now: datetime, people: int, expected: list[int]
) -> None:
    members = a_course(session, now, people)

    assert deal(session, members[0].context, now) is True
    assert sizes(session) == expected
    assert due_leagues(session, now) == []


def test_a_course_of_one_has_no_leagues(session: Session, now: datetime) -> None:
    (ada,) = a_course(session, now, 1)

    assert deal(session, ada.context, now) is False
    assert (sizes(session), due_leagues(session, now)) == ([], [])
    assert week_of(session, ada, now).state == "too_few"


@pytest.mark.parametrize(
    "columns", [{"board_leagues": False}, {"board_enabled": False}]
)
def test_nothing_is_dealt_where_there_are_no_leagues(
    session: Session, now: datetime, columns: dict[str, bool]
) -> None:
    people = a_course(session, now, 6, **columns)

    assert deal(session, people[0].context, now) is False
    assert due_leagues(session, now) == []
    assert session.scalars(sa.select(LeagueDraw)).all() == []


def test_leagues_are_dealt_anew_each_week_by_the_four_before(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    monday = now + DAY
    earned(session, now, people[0], W45=900, W43=9)
    earned(session, monday, people[1], W43=900)
    assert deal(session, people[0].context, now) is False

    deal(session, people[0].context, monday)

    leagues = places(session, "2026-W48")
    assert [leagues[people[n].id] for n in (0, 1, 2, 44)] == [1, 3, 3, 1]
    assert sizes(session, "2026-W48") == [15, 15, 15]


def test_the_last_minute_of_a_week_is_the_courses_own(
    session: Session, now: datetime
) -> None:
    people = a_course(session, now, 6, time_zone="Pacific/Auckland")

    deal(session, people[0].context, now.replace(hour=11))

    assert sizes(session, "2026-W48") == [6]


def test_a_league_of_over_twenty_is_cut_in_two_and_others_stay(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    for n in range(6):
        earned(session, now, a_member(session, of=people[0].context), W47=n + 1)

    deal(session, people[0].context, now)

    assert sizes(session) == [15, 15, 11, 10]


def test_a_league_of_under_ten_plays_with_the_next(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    for member in people[15:21]:
        choose_leagues(session, member, now, wanted=False)

    assert sizes(session) == [15, 12, 12]


def test_a_week_after_nobody_had_points_has_no_leagues(
    session: Session, now: datetime
) -> None:
    people = a_course(session, now, 4)
    more = [a_member(session, of=people[0].context) for _ in range(30)]
    for member in more:
        earned(session, now, member, W47=5)

    deal(session, people[0].context, now)
    board = week_of(session, people[0], now)

    assert (board.people, board.league, sizes(session)) == (34, None, [])
    assert due_leagues(session, now) == []


def test_late_points_of_past_weeks_move_nobody(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    before = places(session)
    earned(session, now, people[0], W46=9000)

    assert deal(session, people[0].context, now) is False
    assert places(session) == before


def test_places_are_the_same_when_they_are_found_anew(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context = people[0].context
    for n in range(7):
        earned(session, now, a_member(session, of=context), W45=40 * n, W47=n + 1)
        deal(session, context, now)
        choose_leagues(session, people[n * 6], now, wanted=False)
    before = places(session)

    rebuild(session, context, now)
    session.execute(sa.update(LeaguePlace).values(league=0))
    for n, member in enumerate(session.scalars(sa.select(Membership)).all()):
        earned(session, now, member, W46=10 * n + 1, W47=45)
    deal(session, context, now)

    assert places(session) == before


def test_leagues_that_were_off_for_a_while_are_the_same(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context, before = people[0].context, places(session)
    context.board_leagues = False
    session.flush()
    earned(session, now, people[0], W45=900)
    off = (deal(session, context, now), due_leagues(session, now))

    context.board_leagues = True
    deal(session, context, now)

    assert off == (False, [])
    assert places(session) == before


def test_who_comes_back_is_in_the_league_they_left(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    before = places(session)
    choose_leagues(session, people[0], now, wanted=False)
    earned(session, now, people[0], W46=9000)

    choose_leagues(session, people[0], now, wanted=True)

    assert places(session) == before


def test_who_comes_back_to_the_course_is_placed_before_they_do_anything(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    ben = a_member(session, of=people[0].context, status="left")
    earned(session, now, ben, W46=200)
    assert due_leagues(session, now) == []
    ben.status = "active"
    refresh(session, ben.context, [ben.id])
    due = due_leagues(session, now)

    deal(session, ben.context, now)

    assert due == [ben.context_id]
    assert places(session)[ben.id] == 2


def test_a_person_who_is_merged_has_one_place_and_two_again(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    context = people[0].context
    kept, gone = twins(session, now, people)
    before = places(session)

    row = merged(session, kept, gone, now)
    due = due_leagues(session, now)
    deal(session, context, now)
    between = places(session)
    parted(session, row, now)
    deal(session, context, now)

    assert due == [context.id]
    assert gone.id not in between
    assert between[kept.id] == before[kept.id]
    assert places(session) == before


def test_who_wants_no_league_wants_none_once_they_are_merged(
    session: Session, now: datetime, people: list[Membership]
) -> None:
    kept, gone = twins(session, now, people)
    choose_leagues(session, gone, now, wanted=False)

    merged(session, kept, gone, now)
    due = due_leagues(session, now)
    deal(session, kept.context, now)

    assert due == [kept.context_id]
    assert {kept.id, gone.id} & places(session).keys() == set()


def test_the_worker_deals_each_course_once_a_week(
    app: OpenAPI, clock: Clock, session: Session, now: datetime
) -> None:
    a_course(session, now, 30)
    a_course(session, now, 6, board_leagues=False)
    session.commit()

    changed = []
    for days in (0, 0, 1, 0):
        clock.advance(days * DAY)
        with app.app_context():
            changed.append(deal_due_leagues())

    session.rollback()
    assert changed == [1, 0, 1, 0]
    assert (sizes(session), sizes(session, "2026-W48")) == ([15, 15], [15, 15])
