"""The active badges of a course as rules, and the SQL that measures them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog import Criterion
from gamification.metrics import METRICS
from models import Award, Badge, BadgeVersion, Earned

Number = int | sa.ColumnElement[int]
Moment = datetime | sa.ColumnElement[datetime]
"""A value, or a parameter that takes its place."""


@dataclass(frozen=True)
class Rule:
    """What a badge asks for today."""

    badge_id: int
    version_id: int
    policy: str
    criterion: Criterion
    effective_from: datetime | None


def rule_of(badge: Badge, version: BadgeVersion) -> Rule:
    return Rule(
        badge.id,
        version.id,
        badge.policy,
        Criterion.from_json(version.criterion),
        version.effective_from,
    )


def rules_of(session: Session, context_id: int) -> list[Rule]:
    """Return the rules of the badges that can be earned in a course now."""
    rows = session.execute(
        sa.select(Badge, BadgeVersion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(
            Badge.context_id == context_id,
            Badge.state == "active",
            BadgeVersion.retired_at.is_(None),
        )
        .order_by(Badge.id)
    )
    return [rule_of(badge, version) for badge, version in rows]


def table_of(rules: Iterable[Rule]) -> sa.CTE:
    """Return the rules as rows a query can join; there must be one at least."""
    # Not `sa.values`: SQLAlchemy would compile the whole query anew every time.
    return sa.union_all(*map(_row_of, rules)).cte("rule")


def _row_of(rule: Rule) -> sa.Select[int, int, str, int, int]:
    asked = rule.criterion
    return sa.select(
        sa.literal(rule.badge_id, sa.BigInteger).label("badge_id"),
        sa.literal(rule.version_id, sa.BigInteger).label("version_id"),
        sa.literal(asked.metric, sa.Text).label("metric"),
        sa.literal(asked.at_least, sa.BigInteger).label("at_least"),
        sa.literal(asked.needed, sa.BigInteger).label("needed"),
    )


def value_of(
    rule: sa.CTE, columns: Mapping[str, sa.ColumnElement[int]] | None = None
) -> sa.ColumnElement[int]:
    """Pick the metric that a rule names, out of aggregates or ready columns."""
    columns = columns or {name: metric.column for name, metric in METRICS.items()}
    return sa.case(
        *((rule.c.metric == name, columns[name]) for name in METRICS), else_=0
    )


def evidence_of(
    rule: sa.CTE, value: sa.ColumnElement[int]
) -> sa.ColumnElement[dict[str, Any]]:
    """Write down what met the rule; the value is in the metric's unit."""
    parts = (
        '{"metric": "',
        rule.c.metric,
        '", "at_least": ',
        sa.cast(rule.c.at_least, sa.Text),
        ', "value": ',
        sa.cast(value, sa.Text),
        "}",
    )
    text: Any = sa.literal("", sa.Text)
    for part in parts:
        text = text + part
    # SQLite checks and keeps the text, PostgreSQL casts it: `json` is on both.
    return sa.func.json(text, type_=sa.JSON)


def is_open(now: Moment) -> sa.ColumnElement[bool]:
    """Hold for an award that a member has at this moment."""
    return sa.and_(
        Award.ended_at.is_(None),
        sa.or_(Award.expires_at.is_(None), Award.expires_at > now),
    )


def past_awards(
    context_id: Number, now: Moment, members: Sequence[Number] | None
) -> sa.Subquery:
    """Select what is over by now, by member and badge.

    `expired_at` is the last expiry, after which facts count anew; `barred` says
    that somebody revoked it and nobody has lifted that.
    """
    expired = sa.case(
        (Award.ended_at.is_(None), Award.expires_at),
        (Award.end_reason == "expired", Award.ended_at),
    )
    over = sa.or_(
        Award.ended_at.is_not(None),
        sa.and_(Award.ended_at.is_(None), Award.expires_at <= now),
    )
    query = (
        sa.select(
            Award.membership_id,
            Award.badge_id,
            sa.func.max(Award.sequence).label("sequence"),
            sa.func.max(expired).label("expired_at"),
            sa.func.max(sa.case((Award.bars_regrant, 1), else_=0)).label("barred"),
        )
        .where(Award.context_id == context_id, over)
        .group_by(Award.membership_id, Award.badge_id)
    )
    if members is not None:
        query = query.where(Award.membership_id.in_(members))
    return query.subquery("past")


def counts_towards(past: sa.Subquery) -> sa.ColumnElement[bool]:
    """Hold for facts since the rule took effect and since the last expiry."""
    begins, expired = BadgeVersion.effective_from, past.c.expired_at
    return sa.and_(
        sa.or_(begins.is_(None), Earned.occurred_at >= begins),
        sa.or_(expired.is_(None), Earned.occurred_at >= expired),
    )
