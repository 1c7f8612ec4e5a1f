"""A course's week in a few numbers: nobody's name, and nothing counted anew."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT, begin_of, day_of, totals, week_key, week_of
from gamification.metrics.awarded import is_open
from gamification.metrics.people import RANKED
from gamification.switches import Switch
from models import Award, Badge, BadgeVersion, Context, Membership


@dataclass(frozen=True)
class BadgeCount:
    """How many people were awarded a badge."""

    key: str
    label: str
    icon: str
    awards: int


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What the active learners of a course did in a week, all together."""

    week: str
    """The ISO week in the course's zone, `2026-W47`."""
    contributors: int
    """Who did anything that counts; a grade alone is the teacher's act."""
    events: int
    points: int
    """Whole points, rounded down once, after adding up."""
    people: int
    """Who has a new badge; awards that are over again are left out."""
    badges: tuple[BadgeCount, ...]
    """In the catalog's order, without those nobody was awarded."""


def digest(
    session: Session, context: Context, now: datetime, *, switch: Switch
) -> Digest | None:
    """Return the running week of a course so far, in two questions; off, nothing.

    For staff and operators: small numbers are told as they are.
    """
    if not switch.on:
        return None
    today = day_of(now, context.zone)
    awarded = _awarded(context, begin_of(week_of(today)[0], context.zone), now)
    weekly = totals(context.id, days=week_of(today)).subquery()
    people = sa.select(sa.func.count(sa.distinct(Award.membership_id))).where(*awarded)
    contributors, events, points, winners = session.execute(
        sa.select(
            sa.func.count().filter(weekly.c.events > 0),
            sa.cast(sa.func.coalesce(sa.func.sum(weekly.c.events), 0), sa.BigInteger),
            sa.cast(sa.func.coalesce(sa.func.sum(weekly.c.score), 0), sa.BigInteger),
            people.scalar_subquery(),
        )
        .join_from(weekly, Membership, Membership.id == weekly.c.membership_id)
        .where(*RANKED)
    ).one()
    return Digest(
        week=week_key(today),
        contributors=contributors,
        events=events,
        points=points // POINT,
        people=winners,
        badges=_badges(session, awarded),
    )


def _awarded(
    context: Context, since: datetime, now: datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    learners = sa.select(Membership.id).where(
        Membership.context_id == context.id, *RANKED
    )
    return (
        Award.context_id == context.id,
        Award.granted_at >= since,
        is_open(now),
        Award.membership_id.in_(learners),
    )


def _badges(
    session: Session, awarded: tuple[sa.ColumnElement[bool], ...]
) -> tuple[BadgeCount, ...]:
    rows = session.execute(
        sa.select(Badge.key, BadgeVersion.label, BadgeVersion.icon, sa.func.count())
        .join_from(Award, Badge, Badge.id == Award.badge_id)
        .join(
            BadgeVersion,
            (BadgeVersion.badge_id == Badge.id) & BadgeVersion.retired_at.is_(None),
        )
        .where(*awarded)
        .group_by(Badge.id, BadgeVersion.id)
        .order_by(Badge.position, Badge.id)
    )
    return tuple(BadgeCount(*row) for row in rows)
