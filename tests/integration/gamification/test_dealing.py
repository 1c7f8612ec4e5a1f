"""Dealing leagues: each week anew, and the same however people came and left."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import rebuild
from gamification.standings.dealing import choose_leagues, deal, due_leagues
from jobs.leagues import deal_due_leagues
from models import LeagueDraw, LeaguePlace, Membership
from tests.factories import a_member
from tests.integration.gamification.conftest import Counting
from tests.support.clock import Clock
from tests.support.leagues import DAY, a_course, earned, places, sizes, week_of


@pytest.fixture
def people(session: Session, now: datetime) -> list[Membership]:
    """Return 45 people in three leagues of 15."""
    people = a_course(session, now, 45)
    deal(session, people[0].context, now)
    return people


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

    rows = session.execute(
        sa.select(LeaguePlace.membership_id, LeaguePlace.league).where(
            LeaguePlace.week == "2026-W48"
        )
    )
    leagues = dict(rows.all())
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
    kept = session.scalars(sa.select(LeaguePlace.points)).all()
    for n, member in enumerate(session.scalars(sa.select(Membership)).all()):
        earned(session, now, member, W46=10 * n + 1, W47=45)
    deal(session, context, now)

    assert len(kept) == len(before)
    assert places(session) == before


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


def test_dealing_takes_as_many_statements_for_many_as_for_few(
    session: Session, now: datetime, statements: Counting
) -> None:
    counted = []
    for number in (25, 90):
        context = a_course(session, now, number)[0].context
        session.flush()
        assert context.zone
        with statements() as asked:
            deal(session, context, now)
            due_leagues(session, now)
        counted.append(len(asked))

    assert counted[0] == counted[1] <= 8
