"""Dealing a course's people into leagues, and finding a place for who comes later."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import ALL, day_of, week_key
from gamification.standings.audience import PARTICIPANTS
from gamification.standings.filters import FEWEST
from gamification.standings.leagues import borders_between, numbers_of
from gamification.standings.leagues import deal as dealt
from gamification.standings.news import announce
from models import Context, LeagueDraw, LeaguePlace, Membership, Standing, Tenant
from models.upsert import insert

WEEKS = 4
"""So many weeks before tell who is like whom."""
Places = dict[int, tuple[int, int]]
"""Each member's points of the weeks before, and their league."""


def deal(session: Session, context: Context, now: datetime) -> bool:
    """Deal the running week's leagues, or find a place for who came since.

    By the points of the four weeks before, as they were when somebody got their place.
    Who is not on the board any more, or wants no league, loses it. Does nothing in a
    course without leagues; tells whether anything changed. Hold the course's lock.
    """
    if not (context.board_enabled and context.board_leagues):
        return False
    session.flush()
    this, *past = _weeks(day_of(now, context.zone))
    people = dict(session.execute(_people(context, this, past)).all())
    draw = session.get(LeagueDraw, (context.id, this))
    if draw is None:
        draw = _draw(session, context, this, people, now)
    if not draw.has_leagues:
        return False
    known = _places(session, context, this)
    points = {
        member: known[member][0] if member in known else own
        for member, own in people.items()
    }
    numbers = numbers_of(draw.borders, points)
    places = {member: (points[member], numbers[member]) for member in sorted(numbers)}
    if places == known:
        return False
    if known.keys() - places.keys():
        _forget(session, context, this, _people(context, this, past))
    _write(session, context, this, (known, places))
    announce(session, context.id, now)
    return True


def choose_leagues(
    session: Session, member: Membership, now: datetime, *, wanted: bool
) -> None:
    """Take a learner out of leagues, at once, or let them have one again.

    They stay on the course's board, and read that instead. Hold the course's lock.
    """
    if wanted == (member.leagues_left_at is None):
        return
    member.leagues_left_at = None if wanted else now
    deal(session, member.context, now)
    announce(session, member.context_id, now)


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
        .order_by(Context.id)
    ).all()
    weeks = {course: week_key(day_of(now, zone)) for course, zone, _ in rows}
    undealt = {course for course, _, drawn in rows if drawn != weeks[course]}
    dealt_already = [(course, weeks[course]) for course in weeks.keys() - undealt]
    if dealt_already:
        undealt |= set(session.scalars(_moved(dealt_already)))
    return sorted(undealt)


def _weeks(today: date) -> list[str]:
    """Return the keys of this week and of those before it."""
    return [week_key(today - timedelta(weeks=n)) for n in range(WEEKS + 1)]


def _people(context: Context, this: str, past: Collection[str]) -> sa.Select[int, int]:
    """Select who is on the board now, with their points of the weeks before."""
    points = sa.case((Standing.period.in_(past), Standing.points), else_=0)
    return (
        sa.select(Standing.membership_id, sa.cast(sa.func.sum(points), sa.BigInteger))
        .join(Membership, Membership.id == Standing.membership_id)
        .where(
            Standing.context_id == context.id,
            Standing.period.in_((this, *past)),
            Standing.audience == PARTICIPANTS,
            Membership.leagues_left_at.is_(None),
        )
        .group_by(Standing.membership_id)
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
        sa.select(LeaguePlace.membership_id, LeaguePlace.points, LeaguePlace.league)
        .where(LeaguePlace.context_id == context.id, LeaguePlace.week == week)
        .order_by(LeaguePlace.membership_id)
    )
    return {member: (points, league) for member, points, league in rows}


def _forget(
    session: Session, context: Context, week: str, people: sa.Select[int, int]
) -> None:
    session.execute(
        sa.delete(LeaguePlace)
        .where(
            LeaguePlace.context_id == context.id,
            LeaguePlace.week == week,
            LeaguePlace.membership_id.not_in(
                people.with_only_columns(Standing.membership_id)
            ),
        )
        .execution_options(synchronize_session=False)
    )


def _write(
    session: Session, context: Context, week: str, change: tuple[Places, Places]
) -> None:
    """Write the places that are new or other ones than before."""
    before, after = change
    rows = [
        {
            "context_id": context.id,
            "week": week,
            "membership_id": member,
            "points": points,
            "league": league,
        }
        for member, (points, league) in after.items()
        if (points, league) != before.get(member)
    ]
    if rows:
        statement = insert(session, LeaguePlace)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["context_id", "week", "membership_id"],
                set_={"league": statement.excluded.league},
            ),
            rows,
        )


def _moved(courses: list[tuple[int, str]]) -> sa.Select[int]:
    """Select the courses of dealt weeks in which somebody has to be placed or to go."""
    mine = (
        LeaguePlace.context_id == LeagueDraw.context_id,
        LeaguePlace.week == LeagueDraw.week,
    )
    here = (
        Standing.context_id == LeagueDraw.context_id,
        Standing.audience == PARTICIPANTS,
    )
    # Two levels deep nothing is correlated by itself.
    has_place = (
        sa.exists()
        .where(*mine, LeaguePlace.membership_id == Standing.membership_id)
        .correlate_except(LeaguePlace)
    )
    wants_one = sa.exists().where(
        Membership.id == Standing.membership_id, Membership.leagues_left_at.is_(None)
    )
    came = sa.exists().where(
        *here, Standing.period == LeagueDraw.week, wants_one, ~has_place
    )
    is_there = (
        sa.exists()
        .where(
            *here,
            Standing.period == ALL,
            Standing.membership_id == LeaguePlace.membership_id,
        )
        .correlate_except(Standing)
    )
    left = sa.exists().where(*mine, ~is_there)
    return sa.select(LeagueDraw.context_id).where(
        sa.tuple_(LeagueDraw.context_id, LeagueDraw.week).in_(sorted(courses)),
        LeagueDraw.has_leagues,
        sa.or_(came, left),
    )
