"""Rules that time alone can meet or unmet: which courses have one."""

import logging
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.metrics import day_of
from models import Badge, BadgeVersion, Context, Tenant

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ticking:
    """A course whose badges a new day may bring or take."""

    context_id: int
    day: str
    """Today's date in the course's zone, `2026-11-22`."""


def courses_that_tick(session: Session, now: datetime) -> list[Ticking]:
    """Return the courses that are on and have a rule that time alone moves."""
    zone = sa.func.coalesce(Context.time_zone, Tenant.time_zone)
    rows = session.execute(
        sa.select(Context.id, zone, BadgeVersion.criterion)
        .join(Tenant, Tenant.id == Context.tenant_id)
        .join(Badge, Badge.context_id == Context.id)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Context.enabled, Tenant.enabled, Badge.state == "active")
        .where(BadgeVersion.retired_at.is_(None))
        # The shorthand, which most rules are, has its metric at the top.
        .where(BadgeVersion.criterion["metric"].as_string().is_(None))
        .order_by(Context.id)
    )
    zones = {course: zone for course, zone, rule in rows if _moves(course, rule)}
    return [
        Ticking(course, day_of(now, zone).isoformat()) for course, zone in zones.items()
    ]


def _moves(context_id: int, rule: object) -> bool:
    try:
        return Criterion.from_json(rule).time_dependent
    except BadRule as bad:
        log.warning("a rule of course %d is left out: %.200s", context_id, bad)
        return False
