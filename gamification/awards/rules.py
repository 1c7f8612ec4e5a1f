"""What the active badges ask for, as SQL: data goes in as parameters alone.

So each question is put together once, and the database keeps it prepared.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamification.metrics import METRICS
from gamification.metrics.awarded import Moment
from models import Award, Badge, BadgeVersion, Earned, Membership
from models.portable import AsJson

Members = Sequence[int | sa.ColumnElement[int]] | sa.BindParameter[Any]

COURSE = sa.bindparam("course", type_=Award.context_id.type)
MEMBERS = sa.bindparam("members", type_=Award.membership_id.type, expanding=True)
MOMENT = sa.bindparam("moment", type_=Award.granted_at.type)


def _rule_table() -> sa.CTE:
    metric = BadgeVersion.criterion["metric"].as_string()
    at_least = sa.cast(BadgeVersion.criterion["at_least"].as_integer(), sa.BigInteger)
    units = {name: known.unit for name, known in METRICS.items()}
    rows = (
        sa.select(
            Badge.id.label("badge_id"),
            BadgeVersion.id.label("version_id"),
            BadgeVersion.effective_from.label("effective_from"),
            Badge.policy.label("policy"),
            metric.label("metric"),
            _joined(
                *('{"metric": "', metric),
                *('", "at_least": ', sa.cast(at_least, sa.Text), ', "value": '),
            ).label("evidence"),
            (at_least * sa.case(units, value=metric)).label("needed"),
        )
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(
            Badge.context_id == COURSE,
            Badge.state == "active",
            Badge.held_at.is_(None),
            BadgeVersion.retired_at.is_(None),
        )
    )
    # Otherwise the JSON would be read anew for every member.
    return rows.cte("rule").prefix_with("MATERIALIZED")


def _joined(*parts: str | sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    text: sa.ColumnElement[str] = sa.literal("", sa.Text)
    for part in parts:
        text = text + part
    return text


RULE = _rule_table()
"""The rules of the badges that can be earned in a course now."""


def value_of(
    columns: Mapping[str, sa.ColumnElement[int]] | None = None,
) -> sa.ColumnElement[int]:
    """Pick the metric that a rule names, out of aggregates or ready columns."""
    columns = columns or {name: metric.column for name, metric in METRICS.items()}
    return sa.case({name: columns[name] for name in METRICS}, value=RULE.c.metric)


def evidence_of(value: sa.ColumnElement[int]) -> sa.ColumnElement[dict[str, Any]]:
    """Write down what met the rule; the value is in the metric's unit."""
    return AsJson(RULE.c.evidence + sa.cast(value, sa.Text) + "}")


def past_awards(
    context_id: int | sa.ColumnElement[int], now: Moment, members: Members | None
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
        .where(*whose(context_id, members), over)
        .group_by(Award.membership_id, Award.badge_id)
    )
    return query.subquery("past")


def whose(
    context_id: int | sa.ColumnElement[int], members: Members | None
) -> list[sa.ColumnElement[bool]]:
    """Hold for a course's awards, or for those of some of its members."""
    if members is None:
        return [Award.context_id == context_id]
    # Asked for the course as well, SQLite would read all of its awards.
    ours = sa.select(Membership.id).where(
        Membership.context_id == context_id, Membership.id.in_(members)
    )
    return [Award.membership_id.in_(ours)]


def counts_towards(
    past: sa.Subquery,
    begins: sa.ColumnElement[datetime | None] = BadgeVersion.effective_from,  # type: ignore[assignment] # a mapped attribute is one
) -> sa.ColumnElement[bool]:
    """Hold for facts since the rule took effect and since the last expiry."""
    expired = past.c.expired_at
    return sa.and_(
        sa.or_(begins.is_(None), Earned.occurred_at >= begins),
        sa.or_(expired.is_(None), Earned.occurred_at >= expired),
    )
