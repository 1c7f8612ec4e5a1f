"""A badge as its course's staff read it: its rule as written, and how it came to be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.saving import judge
from gamification.catalog.drafts import RULE, SOURCE, find_badge
from gamification.catalog.own import rule_in, state_of
from models import Badge, BadgeVersion, Context

MOST_VERSIONS = 20


@dataclass(frozen=True)
class VersionRow:
    """A version in brief."""

    number: int
    label: str
    created_at: datetime
    retired_at: datetime | None
    effective_from: datetime | None


@dataclass(frozen=True, kw_only=True)
class Described:
    """A badge of a course, whole."""

    key: str
    label: str
    icon: str
    description: str
    criterion: dict[str, Any] | None
    """None: it has no rule yet, or one that only a newer Laurel can read."""
    sentence: str
    policy: str
    valid_days: int | None
    state: str
    held_at: datetime | None
    origin: str
    version: int
    effective_from: datetime | None
    versions: list[VersionRow]
    """The newest first, twenty at most."""
    findings: list[str]
    source: dict[str, Any] | None
    """Another program's document, to the letter."""
    proposal: dict[str, Any] | None
    """The rule that is proposed for its text, until one is bound."""


def describe(
    session: Session, context: Context, key: str, now: datetime
) -> Described | None:
    """Return a badge of a course as it is written; None where there is no such badge."""
    badge, version = find_badge(session, context.id, key)
    if badge is None or version is None:
        return None
    rule = rule_in(version)
    judged = judge(session, context, key, rule, now)
    return Described(
        key=badge.key,
        label=version.label,
        icon=version.icon,
        description=version.description,
        criterion=rule.to_document() if rule else None,
        sentence=rule.sentence if rule else "",
        policy=badge.policy,
        valid_days=version.valid_days,
        state=state_of(badge),
        held_at=badge.held_at,
        origin=badge.origin,
        version=version.number,
        effective_from=version.effective_from,
        versions=_versions(session, badge),
        findings=judged.findings,
        source=version.criterion.get(SOURCE, badge.source),
        proposal=version.criterion.get(RULE),
    )


@dataclass(frozen=True)
class Listed:
    """A badge of a course in brief, whatever its state."""

    key: str
    label: str
    icon: str
    state: str
    origin: str
    version: int


def badges_listed(session: Session, context_id: int) -> list[Listed]:
    """Return all of a course's badges in their order, drafts included: one query."""
    version = BadgeVersion
    rows = session.execute(
        sa.select(Badge, version.label, version.icon, version.number)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context_id, BadgeVersion.retired_at.is_(None))
        .order_by(Badge.position, Badge.id)
    )
    return [
        Listed(badge.key, label, icon, state_of(badge), badge.origin, number)
        for badge, label, icon, number in rows
    ]


def _versions(session: Session, badge: Badge) -> list[VersionRow]:
    version = BadgeVersion
    rows = session.execute(
        sa.select(
            *(version.number, version.label, version.created_at),
            *(version.retired_at, version.effective_from),
        )
        .where(version.badge_id == badge.id)
        .order_by(version.number.desc())
        .limit(MOST_VERSIONS)
    )
    return [VersionRow(*row) for row in rows]
