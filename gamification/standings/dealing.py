"""Dealing a course's people into leagues, and finding a place for who comes later."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import day_of, week_key
from gamification.standings.audience import PARTICIPANTS, audience_of
from gamification.standings.filters import FEWEST
from gamification.standings.leagues import borders_between, numbers_of
from gamification.standings.leagues import deal as dealt
from gamification.standings.news import announce
from gamification.standings.seats import FEWEST_LEAGUES, seat_of
from gamification.standings.showing import mark
from models import Context, LeagueDraw, LeaguePlace, Membership, Standing, Tenant
from models.upsert import insert

WEEKS = 4
"""So many weeks before tell who is like whom."""
AT_ONCE = 2000
"""In a course of more people nobody's own request waits for leagues to be dealt."""
Weeks = tuple[str, ...]
"""The key of a week, and those of the weeks before that tell."""
Places = Mapping[int, tuple[int, int | None]]
"""Each member's points of the weeks before, and their league if they have one."""


def deal(session: Session, context: Context, now: datetime) -> bool:
    """Deal the running week's leagues, or find a place for who came since.

    By the points of the four weeks before, as they were when somebody got a place
    first. Who is not on the board any more, or wants no league, loses theirs. Does
    nothing in a course without leagues; tells whether anything changed. Hold the
    course's lock. A handful of statements, however many people.
    """
    if not _has_leagues(context):
        return False
    session.flush()
    weeks = _weeks(day_of(now, context.zone))
    people = _people(session, context, weeks)
    draw = session.get(LeagueDraw, (context.id, weeks[0]))
    if draw is None:
        draw = _draw(session, context, weeks[0], people, now)
    if not draw.has_leagues:
        return False
    known = _places(session, context, weeks[0])
    # Who comes back is where they were: points that came late move nobody.
    points = people | {member: own for member, (own, _) in known.items()}
    numbers = numbers_of(draw.borders, {member: points[member] for member in people})
    places = {member: (own, numbers.get(member)) for member, own in points.items()}
    changed = dict(places.items() - known.items())
    if not changed:
        return False
    _write(session, context, weeks[0], changed)
    announce(session, context.id, now)
    return True


def deal_at_once(
    session: Session, context: Context, now: datetime, *, most: int = AT_ONCE
) -> bool:
    """Deal as within a request: a course of more people is left to the worker.

    Until then, a minute, who left is in nobody's league and who came has none. Tells
    whether anything changed. Hold the course's lock.
    """
    if not _has_leagues(context):
        return False
    some = sa.select(Membership.id).where(Membership.context_id == context.id)
    counted = sa.select(sa.func.count()).select_from(some.limit(most + 1).subquery())
    return session.scalars(counted).one() <= most and deal(session, context, now)


def choose_leagues(
    session: Session,
    member: Membership,
    now: datetime,
    *,
    wanted: bool,
    most: int = AT_ONCE,
) -> None:
    """Take a learner out of leagues, at once, or let them have one again.

    They stay on the course's board, and read that instead. Who comes back to leagues
    is read by the others with the next batch, as who joins. In a course of more than
    so many people the worker finds their place. Hold the course's lock.
    """
    if wanted == (member.leagues_left_at is None):
        return
    context = member.context
    member.leagues_left_at = None if wanted else now
    week = week_key(day_of(now, context.zone))
    joined = audience_of(member, context.board_participation) == PARTICIPANTS
    if wanted and joined and seat_of(session, member, week).leagues >= FEWEST_LEAGUES:
        mark(session, context, come=[], gone=[(member.id, week)])
        mark(session, context, come=[(member.id, week)], gone=[])
    if not deal_at_once(session, context, now, most=most):
        announce(session, context.id, now)


def due_leagues(session: Session, now: datetime) -> list[int]:
    """Return the courses whose week is not dealt yet, or where somebody came or left.

    Two queries, whatever the number of courses.
    """
    last = (
        sa.select(sa.func.max(LeagueDraw.week))
        .where(LeagueDraw.context_id == Context.id)
        .correlate(Context)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Context.id, sa.func.coalesce(Context.time_zone, Tenant.time_zone), last
        )
        .join(Tenant, Tenant.id == Context.tenant_id)
        .where(Context.board_enabled, Context.board_leagues)
    )
    due: set[int] = set()
    drawn: dict[Weeks, list[int]] = defaultdict(list)
    for course, zone, week in rows:
        weeks = _weeks(day_of(now, zone))
        # A zone that was moved back may have drawn tomorrow's week.
        if week is None or week < weeks[0]:
            due.add(course)
        else:
            drawn[weeks].append(course)
    if drawn:
        due |= set(session.scalars(_moved(drawn)))
    return sorted(due)


def _has_leagues(context: Context) -> bool:
    return context.board_enabled and context.board_leagues


def _weeks(today: date) -> Weeks:
    """Return the keys of this week and of those before it."""
    return tuple(week_key(today - timedelta(weeks=n)) for n in range(WEEKS + 1))


def _people(session: Session, context: Context, weeks: Weeks) -> dict[int, int]:
    """Return who is on the board now, with their points of the weeks before."""
    points = sa.case((Standing.period == weeks[0], 0), else_=Standing.points)
    rows = session.execute(
        sa.select(Standing.membership_id, sa.cast(sa.func.sum(points), sa.BigInteger))
        .join(Membership, Membership.id == Standing.membership_id)
        .where(
            Standing.context_id == context.id,
            Standing.audience == PARTICIPANTS,
            *_playing(weeks),
        )
        .group_by(Standing.membership_id)
    )
    return dict(rows.all())


def _playing(weeks: Weeks) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what a participant's standing must meet for them to be in leagues."""
    return (
        Standing.period.in_(weeks),
        Membership.leagues_left_at.is_(None),
    )


def _draw(
    session: Session,
    context: Context,
    week: str,
    people: Mapping[int, int],
    now: datetime,
) -> LeagueDraw:
    """Cut everybody into leagues, if enough have points to cut them by."""
    is_enough = sum(points > 0 for points in people.values()) >= FEWEST
    leagues = dealt((points, member) for member, points in people.items())
    draw = LeagueDraw(
        context_id=context.id,
        week=week,
        has_leagues=is_enough,
        borders=borders_between(leagues) if is_enough else [],
        drawn_at=now,
    )
    session.add(draw)
    session.flush()
    return draw


def _places(session: Session, context: Context, week: str) -> Places:
    rows = session.execute(
        sa.select(
            LeaguePlace.membership_id, LeaguePlace.points, LeaguePlace.league
        ).where(LeaguePlace.context_id == context.id, LeaguePlace.week == week)
    )
    return {member: (points, league) for member, points, league in rows}


def _write(session: Session, context: Context, week: str, places: Places) -> None:
    statement = insert(session, LeaguePlace)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["context_id", "week", "membership_id"],
            set_={"league": statement.excluded.league},
        ),
        [
            {
                "context_id": context.id,
                "week": week,
                "membership_id": member,
                "points": points,
                "league": league,
            }
            for member, (points, league) in sorted(places.items())
        ],
    )


def _moved(drawn: Mapping[Weeks, Sequence[int]]) -> sa.CompoundSelect[int]:
    """Select the courses of drawn weeks in which somebody has to be placed or to go.

    Two questions in one, and not one with an "or": for that PostgreSQL would go
    through a course for each of its people.
    """
    parts = []
    for weeks, courses in drawn.items():
        ours = sa.select(LeagueDraw.context_id).where(
            LeagueDraw.has_leagues,
            LeagueDraw.week == weeks[0],
            LeagueDraw.context_id.in_(courses),
        )
        parts += [ours.where(_has_come(weeks)), ours.where(_has_left(weeks))]
    return sa.union(*parts)


def _has_come(weeks: Weeks) -> sa.ColumnElement[bool]:
    """Say that somebody of a draw's course plays and has no place."""
    # Two levels deep nothing is correlated by itself.
    has_place = (
        sa.exists()
        .where(*_placed(), LeaguePlace.membership_id == Standing.membership_id)
        .correlate_except(LeaguePlace)
    )
    is_participant = Standing.audience == PARTICIPANTS
    return sa.exists().where(*_here(weeks), is_participant, ~has_place)


def _has_left(weeks: Weeks) -> sa.ColumnElement[bool]:
    """Say that somebody has a place in a draw and does not play."""
    is_there = (
        sa.exists()
        .where(
            *_here(weeks),
            Standing.membership_id == LeaguePlace.membership_id,
            # Not bare: SQLite would take the board's index, and read a week for each.
            sa.func.coalesce(Standing.audience, "") == PARTICIPANTS,
        )
        .correlate_except(Standing, Membership)
    )
    return sa.exists().where(*_placed(), ~is_there)


def _here(weeks: Weeks) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Standing.context_id == LeagueDraw.context_id,
        Membership.id == Standing.membership_id,
        *_playing(weeks),
    )


def _placed() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        LeaguePlace.context_id == LeagueDraw.context_id,
        LeaguePlace.week == LeagueDraw.week,
        LeaguePlace.league.is_not(None),
    )
