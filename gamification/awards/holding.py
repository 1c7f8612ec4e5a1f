"""What one member has and how far the rest is: the same rules, asked for a person."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from models import Award, Badge, BadgeVersion, Contribution, Earned, Membership
from models.activity import LAUNCHED

FIRST_VISIT_SEES = timedelta(days=1)
"""What somebody was awarded so long before their first visit is new to them."""

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
    is_new: bool
    """It was awarded after the visit before the one that looks, or is about to be."""
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
    visited_at: datetime | None
    """The visit before the one that looks; empty if that is the first, or none does."""
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
    """Say whether a member has a badge, as `badges_for` says it of all of them."""
    question = MEASURED.where(Badge.id == badge.id)
    measured = _measured(session, member, now, question)
    return any(_is_earned(member, one) for one in measured)


def badges_for(
    session: Session,
    member: Membership,
    now: datetime,
    *,
    switch: Switch,
    visit: datetime | None = None,
) -> BadgeRoster:
    """Return every badge of the course for a member, in one query.

    `visit` is the moment of the launch that looks: what was awarded since the one
    before it is new. Without a launch nothing that was awarded is.
    """
    if not switch.on:
        return BadgeRoster(enabled=False, badges=[])
    measured = _measured(session, member, now, MEASURED, visit)
    return BadgeRoster(
        enabled=True, badges=[_standing(member, one, visit) for one in measured]
    )


def _question() -> sa.Select[*tuple[Any, ...]]:
    """Ask for a course's badges, one member's awards and all their metrics."""
    person = sa.bindparam("person", type_=Award.membership_id.type)
    mine = sa.and_(
        Award.badge_id == Badge.id, Award.membership_id == person, is_open(MOMENT)
    )
    past = past_awards(COURSE, MOMENT, [person])
    barred = sa.func.coalesce(past.c.barred, 0)
    last_visit = _last_visit(person)
    return (
        sa.select(Badge, BadgeVersion, Award.granted_at, last_visit, barred, *_METRICS)
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


def _last_visit(person: sa.BindParameter[int]) -> sa.ScalarSelect[datetime]:
    """Ask when a member came before the visit that looks, if they did."""
    visit = sa.bindparam("visit", type_=Contribution.occurred_at.type)
    return (
        sa.select(sa.func.max(Contribution.occurred_at))
        .where(
            Contribution.membership_id == person,
            LAUNCHED,
            Contribution.occurred_at < visit,
        )
        .scalar_subquery()
    )


_METRICS = [metric.column.label(name) for name, metric in METRICS.items()]
# Asked at every launch, so it is put together once.
MEASURED = _question()


def _measured(
    session: Session,
    member: Membership,
    now: datetime,
    question: sa.Select[*tuple[Any, ...]],
    visit: datetime | None = None,
) -> list[_Measured]:
    moments = {"moment": now, "visit": visit}
    asked = {"course": member.context_id, "person": member.id, **moments}
    return [
        _Measured(
            badge,
            version,
            granted_at,
            visited_at,
            bool(barred),
            dict(zip(METRICS, values, strict=True)),
        )
        for badge, version, granted_at, visited_at, barred, *values in session.execute(
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
    """Say whether a member has a badge: this is the one definition of *earned*.

    Either an award is open; or the badge can be earned, no award of theirs was
    revoked with a bar, the member is an active learner, and the facts since the
    rule took effect (and since an award expired, if one did) meet the rule.
    """
    if one.granted_at is not None:
        return True
    met = one.value >= one.criterion.needed
    can_be_earned = one.badge.state == "active" and is_ranked(member)
    return met and can_be_earned and not one.barred


def _is_new(one: _Measured, visit: datetime | None) -> bool:
    """Tell whether a badge that is earned was not there at the last visit."""
    if one.granted_at is None:
        return True
    if visit is None:
        return False
    if one.visited_at is None:
        return one.granted_at > visit - FIRST_VISIT_SEES
    return one.granted_at > one.visited_at


def _standing(
    member: Membership, one: _Measured, visit: datetime | None
) -> BadgeStanding:
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
        is_new=earned and _is_new(one, visit),
        retired=one.badge.state == "retired",
    )
