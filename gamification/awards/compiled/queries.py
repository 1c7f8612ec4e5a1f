"""A whole rule over a course: one row for each member, and whether it is met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamification.awards.compiled.frames import Frame
from gamification.awards.compiled.parts import Part, part_of
from gamification.catalog import Criterion
from gamification.catalog.rules import All, AnyOf, Leaf, NoneOf, Prerequisite
from gamification.metrics.awarded import is_open
from gamification.metrics.people import RANKED
from gamification.metrics.results import IS_EXCUSED
from models import Base, Earned, Membership

Test = sa.ColumnElement[bool]
# Put together once: an alias costs more than the condition it is for.
_TABLES = Base.metadata.tables
_HAD, _EXPIRED, _ASKED = (
    _TABLES["award"].alias(f"{name}_award") for name in ("had", "ended", "asked")
)
_BADGE = _TABLES["badge"].alias("asked_badge")


@dataclass(frozen=True)
class Ruled:
    """A badge with the rule that is in force, or would be."""

    criterion: Criterion
    badge_id: int | None = None
    """Empty for a badge that is only thought of."""
    version_id: int | None = None
    key: str = ""
    policy: str = "keep"
    effective_from: datetime | None = None
    has_past: bool = True
    """Whether anybody's award of it may be over: then facts may count anew."""


@dataclass(frozen=True)
class Measured:
    """What members have of a rule: `membership_id`, and two columns a condition.

    Who has no row that matters is not in it, and has what nothing comes to.
    """

    query: sa.Select[*tuple[Any, ...]]
    parts: tuple[Part, ...]


def measured(
    ruled: Ruled, frame: Frame, *, among: sa.Select[int] | None = None
) -> Measured:
    """Ask how far members, or some of them, are with a rule: one pass over their facts."""
    facts = _facts(ruled, frame)
    if among is not None:
        facts.append(Earned.membership_id.in_(among))
    parts = tuple(part_of(leaf, frame, facts) for leaf in ruled.criterion.leaves)
    columns = [
        column.label(f"{name}_{number}")
        for number, part in enumerate(parts)
        for name, column in (
            ("met", sa.case((part.is_met, 1), else_=0)),
            ("shown", part.shown),
        )
    ]
    query = (
        sa.select(Earned.membership_id, *columns)
        .where(*facts, *_relevant(parts))
        .group_by(Earned.membership_id)
    )
    for part in parts:
        if part.beside is not None:
            same = part.beside.c.membership_id == Earned.membership_id
            query = query.outerjoin(part.beside, same)
    return Measured(query, parts)


def met(
    ruled: Ruled, frame: Frame, parts: Sequence[Part], total: sa.FromClause
) -> Test:
    """Hold where a rule is met by a row of `measured`, or by none, of a member."""
    flags = iter(
        sa.func.coalesce(total.c[f"met_{number}"], int(part.by_nothing)) == 1
        for number, part in enumerate(parts)
    )
    return _met(ruled.criterion.rule, flags, frame)


def who_meet(
    query: sa.Select[*tuple[Any, ...]], ruled: Ruled, frame: Frame
) -> sa.Select[*tuple[Any, ...]]:
    """Narrow a query over Membership to the learners of a course who meet a rule."""
    asked = measured(ruled, frame)
    total = asked.query.cte("total").prefix_with("MATERIALIZED")
    return (
        query.outerjoin(total, total.c.membership_id == Membership.id)
        .where(Membership.context_id == frame.context_id, *RANKED)
        .where(met(ruled, frame, asked.parts, total))
    )


def is_met_by_nothing(criterion: Criterion, parts: Sequence[Part]) -> bool:
    """Tell whether somebody without any fact may meet a rule."""
    return _by_nothing(criterion.rule, iter(part.by_nothing for part in parts))


def had(badge_id: int, frame: Frame, *, is_held: bool = False) -> sa.Exists:
    """Hold for a Membership that ever had a badge; or that holds it now."""
    award = _HAD.c
    conditions = [award.membership_id == Membership.id, award.badge_id == badge_id]
    if is_held:
        conditions.append(is_open(frame.now, award))
    return sa.exists().where(*conditions)


def _facts(ruled: Ruled, frame: Frame) -> list[Test]:
    """Return what a fact must meet to count for this badge at all."""
    facts: list[Test] = [Earned.context_id == frame.context_id]
    if frame.members is not None:
        facts.append(Earned.membership_id.in_(frame.members))
    return [*facts, *_in_time(ruled, frame)]


def _in_time(ruled: Ruled, frame: Frame) -> list[Test]:
    """Return when a fact must have been; an excuse is one whenever it was made."""
    tests: list[Test] = []
    if ruled.effective_from is not None:
        tests.append(Earned.occurred_at >= ruled.effective_from)
    if ruled.badge_id is not None and ruled.has_past:
        tests.append(~_expired_after(ruled.badge_id, frame.now))
    has_average = any(
        leaf.metric == "average_percent" for leaf in ruled.criterion.leaves
    )
    if not (tests and has_average):
        return tests
    # Excuses are worth nothing to any other metric.
    return [sa.or_(sa.and_(*tests), sa.and_(*IS_EXCUSED))]


def _expired_after(badge_id: int, now: datetime) -> sa.Exists:
    """Hold for a fact that lies before the end of an award that expired."""
    award = _EXPIRED.c
    ended = sa.and_(award.end_reason == "expired", award.ended_at > Earned.occurred_at)
    unnoticed = sa.and_(
        award.ended_at.is_(None),
        award.expires_at <= now,
        award.expires_at > Earned.occurred_at,
    )
    return sa.exists().where(
        award.membership_id == Earned.membership_id,
        award.badge_id == badge_id,
        sa.or_(ended, unnoticed),
    )


def _relevant(parts: Sequence[Part]) -> list[Test]:
    """Leave out the rows that no condition looks at."""
    rows = [part.rows for part in parts if part.rows is not None]
    return [sa.or_(*rows)] if rows and len(rows) == len(parts) else []


def _met(rule: Any, flags: Iterator[Test], frame: Frame) -> Test:  # noqa: ANN401 -- a Rule, which is no type
    if isinstance(rule, Leaf):
        return next(flags)
    if isinstance(rule, Prerequisite):
        return _holds(rule.badge, frame)
    parts = [_met(part, flags, frame) for part in rule.parts]
    if isinstance(rule, All):
        return sa.and_(*parts)
    return sa.or_(*parts) if isinstance(rule, AnyOf) else sa.not_(sa.or_(*parts))


def _holds(key: str, frame: Frame) -> sa.Exists:
    award, badge = _ASKED.c, _BADGE.c
    return sa.exists().where(
        badge.context_id == frame.context_id,
        badge.key == key,
        award.badge_id == badge.id,
        award.membership_id == Membership.id,
        is_open(frame.now, award),
    )


def _by_nothing(rule: Any, flags: Iterator[bool]) -> bool:  # noqa: ANN401 -- a Rule, which is no type
    """Say whether a rule can be met without a fact; badges may be given by hand."""
    if isinstance(rule, Leaf):
        return next(flags)
    if isinstance(rule, Prerequisite):
        return True
    parts = [_by_nothing(part, flags) for part in rule.parts]
    if isinstance(rule, NoneOf):
        # A badge that must not be held may well not be.
        sure = [isinstance(part, Leaf) for part in rule.parts]
        return not any(met for met, is_sure in zip(parts, sure, strict=True) if is_sure)
    return all(parts) if isinstance(rule, All) else any(parts)
