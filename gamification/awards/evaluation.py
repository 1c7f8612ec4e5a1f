"""Who gains a badge, who loses one: a few statements a course, whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.names import RandomName
from gamification.awards.rules import (
    Rule,
    counts_towards,
    evidence_of,
    past_awards,
    rules_of,
    table_of,
    value_of,
)
from gamification.metrics import totals
from gamification.metrics.people import RANKED
from gamification.switches import Switch
from models import Award, BadgeVersion, Context, Earned, Membership, StreamEvent
from models.locks import lock_course
from models.upsert import insert

UNMET = "no longer met"


@dataclass(frozen=True)
class Granted:
    """One award that is new."""

    award_id: int
    membership_id: int
    badge_id: int


@dataclass(frozen=True)
class _Round:
    """One evaluation: of a course's rules, for some members or for all."""

    session: Session
    context_id: int
    now: datetime
    members: Sequence[int] | None


def evaluate(
    session: Session,
    context: Context,
    now: datetime,
    *,
    switch: Switch,
    members: Sequence[int] | None = None,
) -> list[Granted]:
    """Grant what is earned and not yet held, once; return the awards that are new.

    Only active learners are looked at; `members` narrows that, for at most a few
    hundred. While a switch is off nobody gains anything.
    """
    if not switch.on:
        return []
    before = grant(session, context.id, now, members=members)
    rows = session.execute(
        sa.select(Award.id, Award.membership_id, Award.badge_id)
        .where(Award.context_id == context.id, Award.id > before)
        .order_by(Award.id)
    )
    return [Granted(*row) for row in rows]


def grant(
    session: Session,
    context_id: int,
    now: datetime,
    *,
    members: Sequence[int] | None = None,
) -> int:
    """Bring a course's awards up to date and announce them, without reading them.

    Returns the id before the first new award: the new ones of this course are
    those above it, because the course is locked until the transaction ends.
    """
    lock_course(session, context_id)
    before = session.scalar(sa.select(sa.func.max(Award.id))) or 0
    rules = rules_of(session, context_id)
    if rules:
        this = _Round(session, context_id, now, members)
        _end_expired(this)
        _end_unmet(this, [rule for rule in rules if rule.policy == "revoke"])
        for begins in {rule.effective_from for rule in rules}:
            together = [rule for rule in rules if rule.effective_from == begins]
            _grant_first(this, together, begins)
        _grant_again(this, rules)
        _announce(this, before)
    return before


def _end_expired(this: _Round) -> None:
    this.session.execute(
        _of(
            this,
            sa.update(Award).where(
                Award.ended_at.is_(None), Award.expires_at <= this.now
            ),
        ).values(ended_at=Award.expires_at, end_reason="expired")
    )


def _of(this: _Round, update: sa.Update) -> sa.Update:
    """Narrow an update to the round; the rows are not held as objects here."""
    update = update.where(Award.context_id == this.context_id)
    if this.members is not None:
        update = update.where(Award.membership_id.in_(this.members))
    return update.execution_options(synchronize_session=False)


def _end_unmet(this: _Round, rules: list[Rule]) -> None:
    """End open awards whose rule is no longer met, where that is the badge's policy."""
    if not rules:
        return
    rule = table_of(rules)
    past = past_awards(this.context_id, this.now, this.members)
    unmet = (
        sa.select(Award.id)
        .join(rule, rule.c.badge_id == Award.badge_id)
        .join(BadgeVersion, BadgeVersion.id == rule.c.version_id)
        .outerjoin(
            past,
            sa.and_(
                past.c.membership_id == Award.membership_id,
                past.c.badge_id == Award.badge_id,
            ),
        )
        .outerjoin(
            Earned,
            sa.and_(Earned.membership_id == Award.membership_id, counts_towards(past)),
        )
        .where(Award.context_id == this.context_id, Award.ended_at.is_(None))
        .group_by(Award.id, rule.c.metric, rule.c.needed)
        .having(value_of(rule) < rule.c.needed)
    )
    this.session.execute(
        _of(this, sa.update(Award).where(Award.id.in_(unmet))).values(
            ended_at=this.now, end_reason=UNMET
        )
    )


def _grant_first(this: _Round, rules: list[Rule], begins: datetime | None) -> None:
    """Grant to those who never had the badge: one pass over all their facts."""
    rule = table_of(rules)
    total = totals(this.context_id, since=begins, members=this.members).subquery()
    value = value_of(rule, dict(total.c))
    had = sa.exists().where(
        Award.membership_id == total.c.membership_id,
        Award.badge_id == rule.c.badge_id,
    )
    _insert(
        this,
        sa.select(
            total.c.membership_id,
            rule.c.badge_id,
            rule.c.version_id,
            sa.literal(1),
            evidence_of(rule, value),
        )
        .join_from(total, rule, value >= rule.c.needed)
        .join(Membership, Membership.id == total.c.membership_id)
        .where(*RANKED, ~had),
    )


def _grant_again(this: _Round, rules: list[Rule]) -> None:
    """Grant anew to those whose award is over, unless that was barred."""
    rule = table_of(rules)
    past = past_awards(this.context_id, this.now, this.members)
    has = sa.exists().where(
        Award.membership_id == past.c.membership_id,
        Award.badge_id == past.c.badge_id,
        Award.ended_at.is_(None),
    )
    keys = (past.c.membership_id, rule.c.badge_id, rule.c.version_id, past.c.sequence)
    _insert(
        this,
        sa.select(*keys[:3], past.c.sequence + 1, evidence_of(rule, value_of(rule)))
        .join_from(past, rule, rule.c.badge_id == past.c.badge_id)
        .join(BadgeVersion, BadgeVersion.id == rule.c.version_id)
        .join(Membership, Membership.id == past.c.membership_id)
        .join(
            Earned,
            sa.and_(Earned.membership_id == Membership.id, counts_towards(past)),
        )
        .where(*RANKED, past.c.barred == 0, ~has)
        .group_by(*keys, rule.c.metric, rule.c.at_least, rule.c.needed)
        .having(value_of(rule) >= rule.c.needed),
    )


def _insert(
    this: _Round, earned: sa.Select[int, int, int, int, dict[str, object]]
) -> None:
    """Insert awards of who earned one; the database lets one be open at a time."""
    columns = ("membership_id", "badge_id", "badge_version_id", "sequence", "evidence")
    rest = {
        "context_id": sa.literal(this.context_id, sa.BigInteger),
        "granted_at": sa.literal(this.now, Award.granted_at.type),
        "bars_regrant": sa.false(),
        "public_id": RandomName(),
    }
    this.session.execute(
        insert(this.session, Award)
        .from_select([*columns, *rest], earned.add_columns(*rest.values()))
        .on_conflict_do_nothing()
    )


def _announce(this: _Round, before: int) -> None:
    """Tell the streams of those concerned, in the order of the awards."""
    subject = sa.literal('{"award": ', sa.Text) + sa.cast(Award.id, sa.Text) + "}"
    new = (
        sa.select(
            Award.context_id,
            Award.membership_id,
            sa.literal("member"),
            sa.literal("award"),
            sa.func.json(subject, type_=sa.JSON),
            Award.granted_at,
        )
        .where(Award.context_id == this.context_id, Award.id > before)
        .order_by(Award.id)
    )
    columns = [
        "context_id",
        "membership_id",
        "audience",
        "kind",
        "subject",
        "created_at",
    ]
    this.session.execute(sa.insert(StreamEvent).from_select(columns, new))
