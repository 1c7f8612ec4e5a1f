"""Why somebody has a badge, or not yet: what the rule says, and what people did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gamification.awards.compiled import frame_of
from gamification.awards.history import AwardRow, Wanted, awards_of
from gamification.awards.holding import BadgeStanding, badges_for
from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.metrics.people import is_ranked
from gamification.switches import Switch
from models import Membership, User

COUNTED = ("value", "counted")
"""What evidence adds to a condition: what it came to, and what was in its set."""


@dataclass(frozen=True)
class Met:
    """A condition that an award's evidence names."""

    criterion: Criterion
    value: int
    """What it came to, in the unit of its metric."""


@dataclass(frozen=True)
class Explanation:
    """How somebody stands with one badge."""

    standing: BadgeStanding
    award: AwardRow | None
    """Their newest one of it, open or over."""
    is_learner: bool
    """They are a learner who is in the course now: only those earn badges."""
    met: tuple[Met, ...]
    """What met its rule, where an award was given by that."""
    labels: Mapping[str, str]
    """What people call the items and sets that are named in it."""


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

    None where there is no such badge to be seen, as while a switch is off.
    """
    roster = badges_for(session, member, now, switch=switch)
    standing = next((one for one in roster.badges if one.key == badge), None)
    if standing is None:
        return None
    award = newest_award(session, member, badge, now)
    met = tuple(_met_by(award)) if award else ()
    frame = frame_of(session, member.context, now, [one.criterion for one in met])
    return Explanation(standing, award, is_ranked(member), met, frame.labels)


def newest_award(
    session: Session, member: Membership, badge: str, now: datetime
) -> AwardRow | None:
    """Return a member's last award of a badge, by its key: open, over, or none."""
    wanted = Wanted(user=member.user.public_id, badge=badge, limit=1)
    rows = awards_of(session, member.context_id, now, wanted).rows
    return rows[0] if rows else None


def _met_by(award: AwardRow) -> Iterator[Met]:
    """Yield the conditions of a rule that was met; by hand there are none."""
    if award.origin != "rule":
        return
    for one in award.evidence.get("conditions", [award.evidence]):
        rule: dict[str, Any] = {k: v for k, v in one.items() if k not in COUNTED}
        try:
            criterion = Criterion.from_json(rule)
        except BadRule:
            # The words of another version; the award stands without.
            continue
        yield Met(criterion, int(one.get("value", 0)))
