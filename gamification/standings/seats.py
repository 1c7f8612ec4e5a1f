"""Whose league somebody reads in a week: learners their own, staff any."""

from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings.places import View
from models import LeagueDraw, LeaguePlace, Membership


class NoSuchLeague(LookupError):
    """That week has no such league, or the asking person may not choose one."""


@dataclass(frozen=True)
class Seat:
    """What a member has to do with the leagues of a week."""

    leagues: int
    """How many there are; 0 in a week that was not dealt."""
    own: int | None
    """Theirs, 1 for the most points."""


NO_SEAT = Seat(0, None)
FEWEST_LEAGUES = 2
"""One league is everybody, but for those who want none: it would single them out."""


@dataclass(frozen=True)
class Part:
    """What of a week's board somebody reads."""

    view: View
    league: int | Literal["mine"] | None = None
    leagues: int | None = None
    """How many there are, for staff."""
    is_closed: bool = False


def part_of(session: Session, view: View, asked: int | None) -> Part:
    """Return the part of a board that is the viewer's to read, by the course's leagues.

    Learners read their own league's; all of the week is closed to who has no league
    yet, and a group's board of it to each. Who wants none reads the whole, and so does
    everybody while all are one league. Raises NoSuchLeague where somebody asks for one
    who may not, or there is none. One query.
    """
    seat = _seat(session, view)
    if view.by_staff:
        return _asked_by_staff(view, seat, asked)
    if asked is not None:
        raise NoSuchLeague
    if seat.leagues < FEWEST_LEAGUES:
        return Part(view)
    if view.group is not None:
        return Part(view, is_closed=True)
    if view.viewer.member.leagues_left_at is not None:
        return Part(view)
    return Part(replace(view, league=seat.own), "mine", is_closed=seat.own is None)


def _seat(session: Session, view: View) -> Seat:
    is_week = "-W" in view.period
    if not (is_week and view.context.board_leagues) or view.viewer.is_outside:
        return NO_SEAT
    return seat_of(session, view.viewer.member, view.period)


def _asked_by_staff(view: View, seat: Seat, asked: int | None) -> Part:
    leagues = seat.leagues or None
    if asked is None:
        return Part(view, leagues=leagues)
    if not 1 <= asked <= seat.leagues:
        raise NoSuchLeague
    return Part(replace(view, league=asked), asked, leagues)


def seat_of(session: Session, member: Membership, week: str) -> Seat:
    """Find a member's league of a week. One query."""
    theirs = (LeaguePlace.context_id == member.context_id, LeaguePlace.week == week)
    has_leagues = sa.select(LeagueDraw.has_leagues).where(
        LeagueDraw.context_id == member.context_id, LeagueDraw.week == week
    )
    leagues = sa.select(sa.func.max(LeaguePlace.league)).where(*theirs)
    own = sa.select(LeaguePlace.league).where(
        *theirs, LeaguePlace.membership_id == member.id
    )
    parts = (part.scalar_subquery() for part in (has_leagues, leagues, own))
    is_dealt, number, mine = session.execute(sa.select(*parts)).one()
    return Seat(number or 0, mine) if is_dealt else NO_SEAT
