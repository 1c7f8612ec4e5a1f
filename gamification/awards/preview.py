"""Who would gain and who would lose a badge by a rule: nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gamification.awards.compiled import Frame, Ruled, frame_of, measured, met, who_meet
from gamification.awards.compiled.queries import had
from gamification.awards.findings import (
    circles_in_course,
    course_of,
    faults_in_course,
    findings,
)
from gamification.awards.trees import held_by_rule
from gamification.catalog import Criterion
from gamification.catalog.drafts import find_badge
from gamification.catalog.own import Past
from gamification.catalog.rules import Fault
from gamification.metrics.awarded import is_open
from gamification.metrics.people import learners
from models import Award, Context, Membership, User

MOST_MEMBERS = 200


@dataclass(frozen=True)
class Proposal:
    """A badge as somebody would have it."""

    criterion: Criterion
    key: str = ""
    """A key of the course's badges means that one, with this rule in its place."""
    policy: str | None = None
    """None: as the badge has it, else `keep`."""
    past: Past | None = None
    """None: facts count from when they do now, and a save would end no award."""


@dataclass(frozen=True)
class Person:
    """A learner, as staff know them."""

    user_id: str
    name: str


@dataclass(frozen=True)
class Side:
    """How many people, and the first of them by name."""

    count: int
    members: list[Person]


@dataclass(frozen=True)
class Preview:
    """What a rule would come to at this moment."""

    sentence: str
    gains: Side
    losses: Side
    findings: list[str]
    faults: list[Fault]
    """What it names that is not in the course: with these it cannot be used."""


def preview(
    session: Session, context: Context, proposal: Proposal, now: datetime
) -> Preview:
    """Say who would gain a badge and who lose it by a rule, as an evaluation would.

    Gains are learners who would be granted it; losses those whose award would be
    ended, where that is the policy. As many questions for a large course as for a
    small one; at most the first 200 people are named on each side.
    """
    criterion = proposal.criterion
    frame = frame_of(session, context, now, [criterion])
    ruled = _ruled(session, context, proposal)
    gains = _side(session, _gaining(ruled, frame))
    nobody = Side(0, [])
    may_lose = _may_lose(ruled, proposal.past or Past())
    losses = _side(session, _losing(ruled, frame)) if may_lose else nobody
    found = findings(session, criterion, frame).all
    people = learners(session, context.id)
    if people and gains.count == people:
        found.append(f"Everybody in the course ({people}) would have it at once.")
    course = course_of(session, context.id)
    faults = faults_in_course(criterion, course)
    faults += circles_in_course(criterion, proposal.key, course)
    said = criterion.said(frame.labels)
    return Preview(said, gains, losses, found, faults)


def _ruled(session: Session, context: Context, proposal: Proposal) -> Ruled:
    badge, version = find_badge(session, context.id, proposal.key)
    since = version.effective_from if version else None
    if proposal.past is not None:
        since = proposal.past.since
    policy = proposal.policy or (badge.policy if badge else "keep")
    return Ruled(
        proposal.criterion,
        badge.id if badge else None,
        key=proposal.key,
        policy=policy,
        effective_from=since,
    )


def _may_lose(ruled: Ruled, past: Past) -> bool:
    return ruled.badge_id is not None and "revoke" in {ruled.policy, past.unmet}


def _gaining(ruled: Ruled, frame: Frame) -> sa.Select[*tuple[Any, ...]]:
    query = who_meet(_people(), ruled, frame)
    if ruled.badge_id is None:
        return query
    barred = aliased(Award)
    bar = sa.exists().where(
        barred.membership_id == Membership.id,
        barred.badge_id == ruled.badge_id,
        barred.ended_at.is_not(None),
        barred.bars_regrant,
    )
    return query.where(~had(ruled.badge_id, frame, is_held=True), ~bar)


def _losing(ruled: Ruled, frame: Frame) -> sa.Select[*tuple[Any, ...]]:
    asked = measured(ruled, frame)
    total = asked.query.cte("total").prefix_with("MATERIALIZED")
    return (
        _people()
        .join(Award, Award.membership_id == Membership.id)
        .outerjoin(total, total.c.membership_id == Membership.id)
        .where(*held_by_rule(ruled))
        .where(is_open(frame.now))
        .where(sa.not_(met(ruled, frame, asked.parts, total)))
    )


def _people() -> sa.Select[*tuple[Any, ...]]:
    """Select people by name, each with how many there are."""
    number = sa.func.count().over()
    return (
        sa.select(number, User.public_id, Membership.name)
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .order_by(Membership.name, Membership.id)
        .limit(MOST_MEMBERS)
    )


def _side(session: Session, query: sa.Select[*tuple[Any, ...]]) -> Side:
    rows = session.execute(query).all()
    members = [Person(user_id, name) for _, user_id, name in rows]
    return Side(rows[0][0] if rows else 0, members)
