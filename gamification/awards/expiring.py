"""Awards that do not last: when they end, and who is told of it."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import statements
from gamification.feedback import Change, tell, tell_programs
from gamification.metrics.people import RANKED
from models import Award, BadgeVersion, Context, Membership, StreamEvent, Tenant

WARNED_BEFORE = timedelta(days=14)
SETTLED = timedelta(days=1)
"""Whoever was given a badge today is not told today that it will be gone."""
AT_ONCE = 500


def set_ends(
    session: Session, context_id: int, before: int, now: datetime, days: Collection[int]
) -> None:
    """Let the awards of this moment above an id end when their badges' days are over.

    One statement for each number of days there is, and none where badges last.
    """
    for number in sorted(days):
        lasts = sa.exists().where(
            BadgeVersion.id == Award.badge_version_id,
            BadgeVersion.valid_days == number,
        )
        session.execute(
            sa.update(Award)
            .where(
                Award.context_id == context_id,
                Award.granted_at == now,
                Award.id > before,
                Award.expires_at.is_(None),
                lasts,
            )
            .values(expires_at=now + timedelta(days=number))
            .execution_options(synchronize_session=False)
        )


def courses_with_news(session: Session, now: datetime) -> list[int]:
    """Return the courses, of those that are on, where somebody is to be told."""
    # Course by course, by the indexes of the few awards that end.
    news = (
        sa.exists().where(Award.context_id == Context.id, some)
        for some in (_soon(now), _unnoticed(now), _ended())
    )
    query = sa.select(Context.id).where(Context.enabled, sa.or_(*news))
    return list(session.scalars(query.order_by(Context.id)))


def courses_with_ends(session: Session, now: datetime) -> list[int]:
    """Return the courses, of those that are on, where an award's time is over."""
    over = sa.exists().where(Award.context_id == Context.id, *timed_out(now))
    query = (
        sa.select(Context.id)
        .join(Tenant, Tenant.id == Context.tenant_id)
        .where(Context.enabled, Tenant.enabled, over)
    )
    return list(session.scalars(query.order_by(Context.id)))


def end_expired(
    session: Session, context_id: int, now: datetime, *, named: int
) -> list[int]:
    """End the awards of a course whose time is over; return whose, up to `named`."""
    whose = (
        sa.select(Award.membership_id)
        .where(Award.context_id == context_id, *timed_out(now))
        .distinct()
        .limit(named)
    )
    members = sorted(session.scalars(whose))
    over = sa.and_(*timed_out(now))
    tell_programs(session, context_id, "expired", over, now)
    asked = {"course": context_id, "moment": now}
    session.execute(statements.end_expired(some=False), asked)
    return members


def warn(session: Session, context_id: int, now: datetime) -> int:
    """Tell the owners of awards that will soon expire, each award once.

    At most `AT_ONCE`; returns how many were told. Whoever left is not told.
    """
    return _tell(session, context_id, now, "expiring")


def tell_expired(session: Session, context_id: int, now: datetime) -> int:
    """Tell the owners of awards that expired, each award once; as `warn` does.

    After `end_expired`.
    """
    return _tell(session, context_id, now, "expired")


def _tell(session: Session, context_id: int, now: datetime, kind: str) -> int:
    due = _soon(now) if kind == "expiring" else _ended()
    column = Award.warned_at if kind == "expiring" else Award.end_told_at
    some = (
        sa.select(Award.id)
        .where(Award.context_id == context_id, due)
        .order_by(Award.id)
        .limit(AT_ONCE)
    )
    told = session.execute(
        sa.update(Award)
        .where(Award.id.in_(some))
        .values({column: now})
        .returning(Award.id, Award.membership_id, Award.expires_at)
        .execution_options(synchronize_session=False)
    ).all()
    changes = [
        # A renewed award is warned of anew: its end is another one.
        Change(member, kind, f"{kind}:{award}:{end:%Y%m%dT%H%M%S}", {"award": award})
        for award, member, end in sorted(told)
    ]
    tell(session, context_id, changes, now)
    _announce(session, context_id, changes, now)
    return len(changes)


def _announce(
    session: Session, context_id: int, changes: Collection[Change], now: datetime
) -> None:
    events = [
        {
            "context_id": context_id,
            "membership_id": change.membership_id,
            "audience": "member",
            "kind": f"award_{change.kind}",
            "subject": change.subject,
            "created_at": now,
        }
        for change in changes
    ]
    if events:
        session.execute(sa.insert(StreamEvent), events)


def _soon(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Award.ended_at.is_(None),
        Award.expires_at > now,
        Award.expires_at <= now + WARNED_BEFORE,
        Award.granted_at <= now - SETTLED,
        Award.warned_at.is_(None),
        _is_here(),
    )


def _unnoticed(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(*timed_out(now), _is_here())


def timed_out(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Hold for awards that are over, and nobody has written that down."""
    return Award.ended_at.is_(None), Award.expires_at <= now


def _ended() -> sa.ColumnElement[bool]:
    return sa.and_(
        Award.ended_at.is_not(None),
        Award.end_reason == statements.EXPIRED,
        Award.end_told_at.is_(None),
        _is_here(),
    )


def _is_here() -> sa.ColumnElement[bool]:
    return sa.exists().where(Membership.id == Award.membership_id, *RANKED)
