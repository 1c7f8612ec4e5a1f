"""What can be earned in a course, for whoever asks about nobody in particular."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import frame_of
from gamification.awards.holding import BadgeRoster, BadgeStanding
from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.switches import Switch
from models import Badge, BadgeVersion, Context

_Offer = tuple[Badge, BadgeVersion, Criterion]


def offered(
    session: Session, context: Context, now: datetime, *, switch: Switch
) -> BadgeRoster:
    """Return the badges that can be earned, as somebody who did nothing sees them.

    Two queries at most; no badge while a switch is off.
    """
    if not switch.on:
        return BadgeRoster(enabled=False, badges=[])
    offers = _offers(session, context)
    frame = frame_of(session, context, now, [rule for _, _, rule in offers])
    badges = {f"badge:{badge.key}": version.label for badge, version, _ in offers}
    labels = {**frame.labels, **badges}
    filled = [(badge, said, rule.filled(frame.sets)) for badge, said, rule in offers]
    standings = [
        BadgeStanding(
            key=badge.key,
            label=version.label,
            icon=version.icon,
            description=version.description,
            criterion_text=rule.said(labels),
            rule=rule.to_document(),
            metric=rule.metric,
            earned=False,
            progress=0,
            threshold=rule.at_least,
            percent=0,
            missing=(),
            granted_at=None,
            is_new=False,
            retired=False,
            withheld="held" if badge.held_at else "",
        )
        for badge, version, rule in filled
    ]
    return BadgeRoster(enabled=True, badges=standings)


def _offers(session: Session, context: Context) -> list[_Offer]:
    query = (
        sa.select(Badge, BadgeVersion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(
            Badge.context_id == context.id,
            Badge.state == "active",
            BadgeVersion.retired_at.is_(None),
        )
        .order_by(Badge.position, Badge.id)
    )
    offers = []
    for badge, version in session.execute(query):
        try:
            offers.append((badge, version, Criterion.from_json(version.criterion)))
        except BadRule:
            # A newer Laurel may have written it; `badges_for` says so in the log.
            continue
    return offers
