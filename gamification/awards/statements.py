"""The statements that award: each is put together once and asked many times.

They take `course` and `moment`, `members` where only some are looked at, and
`since` where rules took effect at a moment.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from gamification.awards.rules import (
    COURSE,
    MEMBERS,
    MOMENT,
    RULE,
    counts_towards,
    evidence_of,
    past_awards,
    value_of,
    whose,
)
from gamification.metrics import totals
from gamification.metrics.people import RANKED
from models import Award, Base, Earned, Membership
from models.portable import RandomName
from models.upsert import found_first, insert_on

EXPIRED, UNMET = "expired", "no longer met"
SINCE = sa.bindparam("since", type_=Award.granted_at.type)
# The table, not the class: nothing here is held as an object, and the session would
# take parameters for columns.
AWARD = Base.metadata.tables[Award.__tablename__]


@lru_cache
def end_expired(*, some: bool) -> sa.Update:
    """End the awards whose time is over."""
    return (
        sa.update(AWARD)
        .where(
            *whose(COURSE, MEMBERS if some else None),
            Award.ended_at.is_(None),
            Award.expires_at <= MOMENT,
        )
        .values(ended_at=Award.expires_at, end_reason=EXPIRED)
    )


@lru_cache
def end_unmet(*, some: bool) -> sa.Update:
    """End awards whose rule is no longer met, where that is the badge's policy.

    What people gave was not given by the rule, and is not taken back by it.
    """
    past = past_awards(COURSE, MOMENT, MEMBERS if some else None)
    same = (past.c.membership_id == Award.membership_id) & (
        past.c.badge_id == Award.badge_id
    )
    counts = counts_towards(past, RULE.c.effective_from)
    unmet = (
        sa.select(Award.id)
        .join(RULE, RULE.c.badge_id == Award.badge_id)
        .outerjoin(past, same)
        .outerjoin(Earned, (Earned.membership_id == Award.membership_id) & counts)
        .where(
            *whose(COURSE, MEMBERS if some else None),
            Award.ended_at.is_(None),
            Award.origin == "rule",
            RULE.c.policy == "revoke",
        )
        .group_by(Award.id, RULE.c.metric, RULE.c.needed)
        .having(value_of() < RULE.c.needed)
    )
    ended = sa.update(AWARD).where(Award.id.in_(unmet))
    return ended.values(ended_at=MOMENT, end_reason=UNMET)


@lru_cache
def grant_first(dialect: str, *, some: bool, dated: bool) -> sa.Insert:
    """Grant to those who never had a badge: one pass over all their facts.

    Of the rules that took effect at `since`, or of those that always were in effect.
    """
    began = RULE.c.effective_from
    sums = totals(
        COURSE, since=SINCE if dated else None, members=MEMBERS if some else None
    )
    # Otherwise PostgreSQL would add them up again for every rule.
    total = sums.cte("total").prefix_with("MATERIALIZED")
    value = value_of(dict(total.c))
    had = sa.exists().where(
        Award.membership_id == total.c.membership_id,
        Award.badge_id == RULE.c.badge_id,
    )
    return insert_awards(
        dialect,
        sa.select(
            total.c.membership_id,
            RULE.c.badge_id,
            RULE.c.version_id,
            sa.literal(1),
            evidence_of(value),
        )
        .join_from(total, RULE, value >= RULE.c.needed)
        .join(Membership, Membership.id == total.c.membership_id)
        .where(*RANKED, ~had, began == SINCE if dated else began.is_(None)),
    )


@lru_cache
def grant_again(dialect: str, *, some: bool) -> sa.Insert:
    """Grant anew to those whose award is over, unless that was barred."""
    past = past_awards(COURSE, MOMENT, MEMBERS if some else None)
    has = sa.exists().where(
        Award.membership_id == past.c.membership_id,
        Award.badge_id == past.c.badge_id,
        Award.ended_at.is_(None),
    )
    keys = (past.c.membership_id, RULE.c.badge_id, RULE.c.version_id, past.c.sequence)
    counts = counts_towards(past, RULE.c.effective_from)
    return insert_awards(
        dialect,
        sa.select(*keys[:3], past.c.sequence + 1, evidence_of(value_of()))
        .join_from(past, RULE, RULE.c.badge_id == past.c.badge_id)
        .join(Membership, Membership.id == past.c.membership_id)
        .join(Earned, (Earned.membership_id == Membership.id) & counts)
        .where(*RANKED, past.c.barred == 0, ~has)
        .group_by(*keys, RULE.c.metric, RULE.c.evidence, RULE.c.needed)
        .having(value_of() >= RULE.c.needed),
    )


def insert_awards(dialect: str, earned: sa.Select[*tuple[Any, ...]]) -> sa.Insert:
    """Insert awards of who earned one; the database lets one be open at a time."""
    columns = ("membership_id", "badge_id", "badge_version_id", "sequence", "evidence")
    rest = {
        "context_id": COURSE,
        "granted_at": MOMENT,
        "bars_regrant": sa.false(),
        "public_id": RandomName(),
    }
    found = found_first(dialect, earned.add_columns(*rest.values()))
    statement: sa.Insert = (
        insert_on(dialect, AWARD)
        .from_select([*columns, *rest], found)
        .on_conflict_do_nothing()
    )
    return statement
