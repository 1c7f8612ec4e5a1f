"""Why somebody has a badge, or not yet: what the rule says, and what people did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gamification.awards.compiled import frame_of
from gamification.awards.history import AwardRow, newest_award
from gamification.awards.holding import BadgeStanding, badges_and_past
from gamification.catalog import Criterion
from gamification.catalog.rules import All, BadRule, Leaf
from gamification.metrics import METRICS
from gamification.metrics.people import is_ranked
from gamification.switches import Switch
from models import Membership, User

FLAT = {"metric", "at_least", "value"}
"""What the evidence of a metric and a number is made of."""


@dataclass(frozen=True)
class Met:
    """A number that everybody who has a badge by its rule must have reached."""

    metric: str
    value: int
    """How many there were when the award was given: whole, rounded down."""


@dataclass(frozen=True)
class Explanation:
    """How somebody stands with one badge."""

    standing: BadgeStanding
    award: AwardRow | None
    """Their newest one of it, open or over."""
    is_learner: bool
    """They are a learner who is in the course now: only those earn badges."""
    asked: Criterion | None
    """The rule that gave the award: that of its version, not of today."""
    met: tuple[Met, ...]
    """The numbers that met it, where it has some that nobody can do without."""
    labels: Mapping[str, str]
    """What people call the items, sets and badges that are named in it."""


def member_of(session: Session, context_id: int, user_id: str) -> Membership | None:
    """Return the membership of a person, by our public id."""
    return session.scalar(
        sa.select(Membership)
        .join(Membership.user)
        .where(Membership.context_id == context_id, User.public_id == user_id)
        .options(joinedload(Membership.user), joinedload(Membership.context))
    )


def explain(
    session: Session, member: Membership, badge: str, now: datetime, *, switch: Switch
) -> Explanation | None:
    """Say how a member stands with a badge, by its key.

    None where there is no such badge to be seen, as while a switch is off. One that is
    retired is seen by whoever ever had it.
    """
    if not switch.on:
        return None
    roster = badges_and_past(session, member, now, badge)
    standing = next((one for one in roster.badges if one.key == badge), None)
    if standing is None:
        return None
    award = newest_award(session, member, badge, now)
    asked = _asked(award) if award else None
    met = tuple(_met(asked, award.evidence)) if award and asked else ()
    frame = frame_of(session, member.context, now, [asked] if asked else [])
    badges = {f"badge:{one.key}": one.label for one in roster.badges}
    labels = {**frame.labels, **badges}
    return Explanation(standing, award, is_ranked(member), asked, met, labels)


def _asked(award: AwardRow) -> Criterion | None:
    """Return the rule that gave an award; by hand there is none."""
    if award.origin != "rule":
        return None
    try:
        return Criterion.from_json(award.criterion)
    except BadRule:
        # The words of another version; the award stands without.
        return None


def _met(asked: Criterion, evidence: Mapping[str, Any]) -> Iterator[Met]:
    """Yield the numbers that met a rule.

    Evidence lists every condition, those of other ways and of what must not be, too:
    only what had to be met was met for sure.
    """
    values = {
        (one["metric"], one["at_least"]): one["value"]
        for one in evidence.get("conditions", [evidence])
        if one.keys() == FLAT
    }
    for leaf in _needed(asked.rule):
        value = values.get((leaf.metric, leaf.at_least))
        if leaf.is_flat and value is not None:
            yield Met(leaf.metric, value // METRICS[leaf.metric].unit)


def _needed(rule: Any) -> Iterator[Leaf]:  # noqa: ANN401 -- a Rule, which is no type
    """Yield the conditions that whoever meets a rule has met."""
    if isinstance(rule, Leaf):
        yield rule
    elif isinstance(rule, All):
        for part in rule.parts:
            yield from _needed(part)
