"""Courses with leagues, and what is read of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings import Board, Viewer, Wanted, leaderboard
from gamification.standings.upkeep import Totals, move
from gamification.switches import Switch
from models import LeaguePlace, Membership
from tests.factories import POINT, a_context, a_member

THIS = "2026-W47"
DAY = timedelta(days=1)
ON = Switch(environment=True, tenant=True, course=True)


def a_course(
    session: Session,
    now: datetime,
    people: int,
    **columns: Any,  # noqa: ANN401 -- any column of the course
) -> list[Membership]:
    """Build a course with leagues: each had more points last week than the one before.

    In this week each has as many more than the next.
    """
    settings = {
        "board_enabled": True,
        "board_participation": "all",
        "board_leagues": True,
        "board_top": 50,
        **columns,
    }
    context = a_context(session, **settings)
    members = [a_member(session, of=context, alias=f"Alias {n}") for n in range(people)]
    for n, member in enumerate(members):
        earned(session, now, member, W46=10 * n + 1, W47=people - n)
    return members


def earned(session: Session, now: datetime, member: Membership, **weeks: int) -> None:
    changes = {
        (member.id, f"2026-{week}"): Totals(points=points * POINT, events=1)
        for week, points in weeks.items()
    }
    whole = Totals(points=sum(weeks.values()) * POINT, events=len(weeks))
    move(session, member.context, {**changes, (member.id, "all"): whole}, now)


def week_of(
    session: Session,
    member: Membership,
    now: datetime,
    **named: Any,  # noqa: ANN401 -- what else is wanted
) -> Board:
    wanted = Wanted(**{"period": "week", **named})
    return leaderboard(
        session, Viewer(member, member.role), now, switch=ON, wanted=wanted
    )


def names(board: Board) -> set[str]:
    return {row.name for row in board.rows}


def aliases(numbers: Sequence[int]) -> set[str]:
    return {f"Alias {n}" for n in numbers}


def sizes(session: Session, week: str = THIS) -> list[int]:
    rows = session.scalars(
        sa.select(LeaguePlace.league).where(
            LeaguePlace.week == week, LeaguePlace.league.is_not(None)
        )
    )
    return [count for _, count in sorted(Counter(rows).items())]


def places(session: Session, week: str = THIS) -> dict[int, int]:
    """Return the league of each member who has one."""
    rows = sa.select(LeaguePlace.membership_id, LeaguePlace.league).where(
        LeaguePlace.week == week, LeaguePlace.league.is_not(None)
    )
    return {member: league or 0 for member, league in session.execute(rows)}
