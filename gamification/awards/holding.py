"""What one member has and how far the rest is: the same rules, asked for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.rules import (
    Rule,
    counts_towards,
    is_open,
    past_awards,
    rule_of,
    table_of,
    value_of,
)
from gamification.metrics.people import is_ranked
from gamification.switches import Switch
from models import Award, Badge, BadgeVersion, Earned, Membership


@dataclass(frozen=True, kw_only=True)
class BadgeStanding:
    """One badge as one member sees it."""

    key: str
    label: str
    icon: str
    description: str
    criterion_text: str
    metric: str
    earned: bool
    progress: int
    """In wholes, rounded down, never above the threshold."""
    threshold: int
    percent: int
    """0 to 100; a badge that is earned is at 100, whatever happened since."""
    granted_at: datetime | None
    """Empty, too, where the rule is met and the award is about to be written."""
    retired: bool
    """It can no longer be earned; only those who have it see it."""


@dataclass(frozen=True)
class BadgeRoster:
    """A member's badges in the catalog's order; empty while a switch is off."""

    enabled: bool
    badges: list[BadgeStanding]


@dataclass(frozen=True)
class _Listed:
    """A badge that this member may see, with the award that is open."""

    badge: Badge
    version: BadgeVersion
    granted_at: datetime | None

    @property
    def rule(self) -> Rule:
        return rule_of(self.badge, self.version)


@dataclass(frozen=True)
class _Measured:
    """What a member has of what a badge asks, in the metric's unit."""

    value: int
    barred: bool


NOTHING = _Measured(0, barred=False)


def holds(session: Session, member: Membership, badge: Badge, now: datetime) -> bool:
    """Say whether a member has a badge: this is the one definition of *earned*.

    Either an award is open; or the badge can be earned, no award of theirs was
    revoked with a bar, the member is an active learner, and the facts since the
    rule took effect (and since an award expired, if one did) meet the rule.
    """
    listed = _listed(session, member, now, only=badge.id)
    measured = _measured(session, member, now, listed)
    return any(_is_earned(member, one, measured) for one in listed)


def badges_for(
    session: Session, member: Membership, now: datetime, *, switch: Switch
) -> BadgeRoster:
    """Return every badge of the course for a member, in two queries."""
    if not switch.on:
        return BadgeRoster(enabled=False, badges=[])
    listed = _listed(session, member, now)
    measured = _measured(session, member, now, listed)
    return BadgeRoster(
        enabled=True, badges=[_standing(member, one, measured) for one in listed]
    )


def _listed(
    session: Session, member: Membership, now: datetime, *, only: int | None = None
) -> list[_Listed]:
    mine = sa.and_(
        Award.badge_id == Badge.id, Award.membership_id == member.id, is_open(now)
    )
    query = (
        sa.select(Badge, BadgeVersion, Award.granted_at)
        .join(
            BadgeVersion,
            sa.and_(
                BadgeVersion.badge_id == Badge.id, BadgeVersion.retired_at.is_(None)
            ),
        )
        .outerjoin(Award, mine)
        .where(
            Badge.context_id == member.context_id,
            sa.or_(Badge.state == "active", Award.id.is_not(None)),
        )
        .order_by(Badge.state == "retired", Badge.position, Badge.id)
    )
    if only is not None:
        query = query.where(Badge.id == only)
    return [_Listed(*row) for row in session.execute(query)]


def _measured(
    session: Session, member: Membership, now: datetime, listed: Iterable[_Listed]
) -> dict[int, _Measured]:
    rules = [one.rule for one in listed]
    if not rules:
        return {}
    rule = table_of(rules)
    past = past_awards(member.context_id, now, [member.id])
    query = (
        sa.select(rule.c.badge_id, value_of(rule), sa.func.coalesce(past.c.barred, 0))
        .join(BadgeVersion, BadgeVersion.id == rule.c.version_id)
        .outerjoin(past, past.c.badge_id == rule.c.badge_id)
        .outerjoin(
            Earned,
            sa.and_(Earned.membership_id == member.id, counts_towards(past)),
        )
        .group_by(rule.c.badge_id, rule.c.metric, past.c.barred)
    )
    rows = session.execute(query)
    return {id_: _Measured(value, bool(barred)) for id_, value, barred in rows}


def _is_earned(
    member: Membership, one: _Listed, measured: dict[int, _Measured]
) -> bool:
    if one.granted_at is not None:
        return True
    has = measured.get(one.badge.id, NOTHING)
    met = has.value >= one.rule.criterion.needed
    can_be_earned = one.badge.state == "active" and is_ranked(member)
    return met and can_be_earned and not has.barred


def _standing(
    member: Membership, one: _Listed, measured: dict[int, _Measured]
) -> BadgeStanding:
    value = measured.get(one.badge.id, NOTHING).value
    criterion = one.rule.criterion
    earned = _is_earned(member, one, measured)
    return BadgeStanding(
        key=one.badge.key,
        label=one.version.label,
        icon=one.version.icon,
        description=one.version.description,
        criterion_text=criterion.sentence,
        metric=criterion.metric,
        earned=earned,
        progress=criterion.progress(value),
        threshold=criterion.at_least,
        percent=100 if earned else criterion.percent(value),
        granted_at=one.granted_at,
        retired=one.badge.state == "retired",
    )
