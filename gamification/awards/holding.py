"""What one member has and how far the rest is: the same rules, asked for a person."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.rules import (
    COURSE,
    MOMENT,
    counts_towards,
    is_open,
    past_awards,
)
from gamification.catalog import Criterion
from gamification.metrics import METRICS
from gamification.metrics.people import is_ranked
from gamification.switches import Switch
from models import Award, Badge, BadgeVersion, Earned, Membership

log = logging.getLogger(__name__)


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
class _Measured:
    """A badge that this member may see, and what they have of what it asks."""

    badge: Badge
    version: BadgeVersion
    granted_at: datetime | None
    barred: bool
    values: dict[str, int]
    """Every metric over the facts that count for this badge, in its unit."""

    @property
    def criterion(self) -> Criterion:
        return Criterion.from_json(self.version.criterion)

    @property
    def value(self) -> int:
        return self.values[self.criterion.metric]


def holds(session: Session, member: Membership, badge: Badge, now: datetime) -> bool:
    """Say whether a member has a badge: this is the one definition of *earned*.

    Either an award is open; or the badge can be earned, no award of theirs was
    revoked with a bar, the member is an active learner, and the facts since the
    rule took effect (and since an award expired, if one did) meet the rule.
    """
    question = MEASURED.where(Badge.id == badge.id)
    measured = _measured(session, member, now, question)
    return any(_is_earned(member, one) for one in measured)


def badges_for(
    session: Session, member: Membership, now: datetime, *, switch: Switch
) -> BadgeRoster:
    """Return every badge of the course for a member, in one query."""
    if not switch.on:
        return BadgeRoster(enabled=False, badges=[])
    measured = _measured(session, member, now, MEASURED)
    return BadgeRoster(
        enabled=True, badges=[_standing(member, one) for one in measured]
    )


def _question() -> sa.Select[*tuple[Any, ...]]:
    """Ask for a course's badges, one member's awards and all their metrics."""
    person = sa.bindparam("person", type_=Award.membership_id.type)
    mine = sa.and_(
        Award.badge_id == Badge.id, Award.membership_id == person, is_open(MOMENT)
    )
    past = past_awards(COURSE, MOMENT, [person])
    barred = sa.func.coalesce(past.c.barred, 0)
    return (
        sa.select(Badge, BadgeVersion, Award.granted_at, barred, *_METRICS)
        .join(
            BadgeVersion,
            sa.and_(
                BadgeVersion.badge_id == Badge.id, BadgeVersion.retired_at.is_(None)
            ),
        )
        .outerjoin(Award, mine)
        .outerjoin(past, past.c.badge_id == Badge.id)
        .outerjoin(
            Earned, sa.and_(Earned.membership_id == person, counts_towards(past))
        )
        .where(
            Badge.context_id == COURSE,
            sa.or_(Badge.state == "active", Award.id.is_not(None)),
        )
        .group_by(Badge.id, BadgeVersion.id, Award.id, past.c.barred)
        .order_by(Badge.state == "retired", Badge.position, Badge.id)
    )


_METRICS = [metric.column.label(name) for name, metric in METRICS.items()]
# Asked at every launch, so it is put together once.
MEASURED = _question()


def _measured(
    session: Session,
    member: Membership,
    now: datetime,
    question: sa.Select[*tuple[Any, ...]],
) -> list[_Measured]:
    asked = {"course": member.context_id, "person": member.id, "moment": now}
    return [
        _Measured(
            badge,
            version,
            granted_at,
            bool(barred),
            dict(zip(METRICS, values, strict=True)),
        )
        for badge, version, granted_at, barred, *values in session.execute(
            question, asked
        )
        if _is_known(badge, version)
    ]


def _is_known(badge: Badge, version: BadgeVersion) -> bool:
    """Tell whether we can read a rule: a newer Laurel may have written it."""
    metric = version.criterion.get("metric")
    if metric not in METRICS:
        log.warning("badge %d left out: unknown metric %.40r", badge.id, metric)
    return metric in METRICS


def _is_earned(member: Membership, one: _Measured) -> bool:
    if one.granted_at is not None:
        return True
    met = one.value >= one.criterion.needed
    can_be_earned = one.badge.state == "active" and is_ranked(member)
    return met and can_be_earned and not one.barred


def _standing(member: Membership, one: _Measured) -> BadgeStanding:
    criterion, value = one.criterion, one.value
    earned = _is_earned(member, one)
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
