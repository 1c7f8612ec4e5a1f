"""Every award of a course, open or over, with all that is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.statements import EXPIRED, UNMET
from gamification.metrics.people import named
from models import Award, Badge, BadgeVersion, Membership, User

ENDED = {EXPIRED: "expired", UNMET: "unmet"}
"""How an award ended that no person ended."""


class BadCursor(ValueError):
    """A cursor names no award of this course."""


@dataclass(frozen=True, kw_only=True)
class AwardRow:
    """One award, by name: for staff, and for its owner."""

    id: str
    user_id: str
    name: str
    badge: str
    """The badge's key."""
    label: str
    icon: str
    version: int
    """Of the badge's rule and words: those it was granted by."""
    sequence: int
    """The how-manieth of this badge for this person."""
    criterion: Mapping[str, Any]
    """The rule of that version, as it is stored."""
    state: str
    """`open`, `expired`, `unmet` (its rule was no longer met) or `revoked`."""
    origin: str
    evidence: Mapping[str, Any]
    granted_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    ended_by: str | None
    barred: bool


@dataclass(frozen=True)
class AwardPage:
    rows: list[AwardRow]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which part of the list: whose, which badge's, and where to go on."""

    user: str | None = None
    badge: str | None = None
    after: str | None = None
    """The `next` of the page before."""
    limit: int = 50


def awards_of(
    session: Session, context_id: int, now: datetime, wanted: Wanted
) -> AwardPage:
    """Return a page of a course's awards, the newest first.

    One query, and another one to go on. Raises BadCursor when `after` is not one.
    """
    query = _awards()
    if wanted.user is None:
        query = query.where(Award.context_id == context_id)
    else:
        query = query.where(Award.membership_id.in_(named(context_id, wanted.user)))
    if wanted.badge is not None:
        query = query.where(Badge.key == wanted.badge)
    place = sa.tuple_(Award.granted_at, Award.id)
    if wanted.after is not None:
        query = query.where(place < _place_of(session, context_id, wanted.after))
    newest = query.order_by(Award.granted_at.desc(), Award.id.desc())
    found = session.execute(newest.limit(wanted.limit + 1)).all()
    rows = [_row(one, now) for one in found[: wanted.limit]]
    more = len(found) > wanted.limit
    return AwardPage(rows, rows[-1].id if more else None)


def own_awards(
    session: Session,
    member: Membership,
    now: datetime,
    before: tuple[int, sa.Tuple | None],
    limit: int,
) -> list[tuple[int, AwardRow]]:
    """Return a member's awards with their numbers, the newest first.

    Only those before a place, if there is one: a moment, the number that stands for
    awards there, and one of ours.
    """
    number, place = before
    query = _owned(member)
    if place is not None:
        here = sa.tuple_(Award.granted_at, sa.literal(number), Award.id)
        query = query.where(here < place)
    newest = query.order_by(Award.granted_at.desc(), Award.id.desc()).limit(limit)
    return [(found[0].id, _row(found, now)) for found in session.execute(newest)]


def newest_award(
    session: Session, member: Membership, badge: str, now: datetime
) -> AwardRow | None:
    """Return a member's last award of a badge, by its key: open, over, or none."""
    query = _owned(member).where(Badge.key == badge)
    newest = query.order_by(Award.granted_at.desc(), Award.id.desc()).limit(1)
    found = session.execute(newest).one_or_none()
    return _row(found, now) if found else None


def award_of(
    session: Session, context_id: int, public_id: str, now: datetime
) -> AwardRow | None:
    """Return one award of a course; None where it has no such award."""
    query = _awards().where(
        Award.context_id == context_id, Award.public_id == public_id
    )
    found = session.execute(query).one_or_none()
    return _row(found, now) if found else None


def course_of(session: Session, public_id: str) -> int | None:
    """Return the course of an award, for who may ask about every course."""
    return session.scalar(
        sa.select(Award.context_id).where(Award.public_id == public_id)
    )


def _owned(member: Membership) -> sa.Select[*tuple[Any, ...]]:
    """Select a member's awards; not by their course, too: SQLite would read its."""
    return _awards().where(Award.membership_id == member.id)


def _awards() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Award, Badge.key, BadgeVersion, Membership.name, User.public_id)
        .join(Badge, Badge.id == Award.badge_id)
        .join(BadgeVersion, BadgeVersion.id == Award.badge_version_id)
        .join(Membership, Membership.id == Award.membership_id)
        .join(User, User.id == Membership.user_id)
        .execution_options(populate_existing=True)
    )


def _place_of(session: Session, context_id: int, after: str) -> sa.Tuple:
    last = session.execute(
        sa.select(Award.granted_at, Award.id).where(
            Award.context_id == context_id, Award.public_id == after
        )
    ).one_or_none()
    if last is None:
        raise BadCursor("This cursor belongs to another list.")
    moment = sa.literal(last.granted_at, Award.granted_at.type)
    return sa.tuple_(moment, sa.literal(last.id))


def _row(found: Any, now: datetime) -> AwardRow:  # noqa: ANN401 -- a row of `_awards`
    award, key, version, name, user_id = found
    return AwardRow(
        id=award.public_id,
        user_id=user_id,
        name=name,
        badge=key,
        label=version.label,
        icon=version.icon,
        version=version.number,
        criterion=version.criterion,
        sequence=award.sequence,
        state=state_of(award, now),
        origin=award.origin,
        evidence=award.evidence,
        granted_at=award.granted_at,
        expires_at=award.expires_at,
        ended_at=award.ended_at,
        end_reason=award.end_reason,
        ended_by=award.ended_by,
        barred=award.bars_regrant,
    )


def state_of(award: Award, now: datetime) -> str:
    """Say in a word what has become of an award by now."""
    if award.ended_at is not None:
        return ENDED.get(award.end_reason or "", "revoked")
    if award.expires_at is not None and award.expires_at <= now:
        return "expired"
    return "open"
