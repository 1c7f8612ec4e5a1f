"""A course's drafts: badges that nobody can earn until their rule is bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.adoption import OWN
from gamification.catalog.criteria import Criterion
from gamification.catalog.definitions import ICON, Malformed
from gamification.catalog.foreign import Foreign, Reading, proposed
from gamification.catalog.rules import BadRule
from models import Badge, BadgeVersion, Context, Item
from models.locks import lock_course

SOURCE, RULE = "source", "proposal"


@dataclass(frozen=True)
class Draft:
    """A draft that was kept, and the rule that is proposed for it."""

    key: str
    reading: Reading
    is_new: bool
    """False: it was there already, to the letter."""


def keep_draft(
    session: Session, context: Context, badge: Foreign, now: datetime
) -> Draft:
    """Keep another program's badge as a draft of a course, with its text.

    A draft of that key gets a new version; the same text again changes nothing.
    Raises Malformed where the key is that of a badge that is in use.
    """
    lock_course(session, context.id)
    reading = proposed(badge.text, _labels(session, context.id))
    draft, version = find_badge(session, context.id, badge.key)
    if draft is not None and draft.state != "draft":
        raise Malformed("its badge_id is that of a badge which is in use")
    if version is not None and version.criterion.get(SOURCE) == badge.document:
        return Draft(badge.key, reading, is_new=False)
    if draft is None:
        draft = Badge(context_id=context.id, key=badge.key, state="draft", origin=OWN)
        session.add(draft)
    number = 1
    if version is not None:
        version.retired_at, number = now, version.number + 1
    # One active version a badge: the old one must go before the new one comes.
    session.flush()
    rule = {SOURCE: badge.document, RULE: reading.rule}
    words = {"label": badge.label, "icon": ICON, "description": badge.description}
    session.add(
        BadgeVersion(
            badge_id=draft.id, number=number, criterion=rule, created_at=now, **words
        )
    )
    session.flush()
    return Draft(badge.key, reading, is_new=True)


def documents(session: Session, context: Context) -> Iterator[dict[str, Any]]:
    """Yield a course's badges as documents: those of other programs to the letter.

    The others are as a catalog has them; what can no longer be read is left out.
    """
    rows = session.execute(
        sa.select(Badge, BadgeVersion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context.id, BadgeVersion.retired_at.is_(None))
        .where(Badge.state != "retired")
        .order_by(Badge.position, Badge.id)
    )
    for badge, version in rows:
        if SOURCE in version.criterion:
            yield version.criterion[SOURCE]
            continue
        text = {} if badge.source is None else {SOURCE: badge.source}
        try:
            rule = Criterion.from_json(version.criterion).to_document()
        except BadRule:
            continue
        yield {
            "key": badge.key,
            "label": version.label,
            "icon": version.icon,
            "description": version.description,
            "criterion": rule,
            "policy": badge.policy,
            **({"valid_days": version.valid_days} if version.valid_days else {}),
            **text,
        }


def find_badge(
    session: Session, context_id: int, key: str
) -> tuple[Badge | None, BadgeVersion | None]:
    """Return a course's badge of a key as it is now, with its version of today."""
    row = session.execute(
        sa.select(Badge, BadgeVersion)
        .outerjoin(
            BadgeVersion,
            (BadgeVersion.badge_id == Badge.id) & BadgeVersion.retired_at.is_(None),
        )
        .where(Badge.context_id == context_id, Badge.key == key)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _labels(session: Session, context_id: int) -> dict[str, str]:
    query = sa.select(Item.key, Item.label).where(
        Item.context_id == context_id, Item.gone_at.is_(None)
    )
    return dict(session.execute(query.order_by(Item.id)).all())
