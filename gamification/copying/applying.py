"""From an outline to a course's own badges, version by version."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.saving import MOST_BADGES
from gamification.catalog.adoption import OWN
from gamification.catalog.own import ACTIVE, HELD
from gamification.copying.outline import Entry, Outline
from models import Badge, BadgeVersion, Context

Kept = tuple[Badge, BadgeVersion | None]


def apply_badges(
    session: Session, context: Context, before: Outline, after: Outline, now: datetime
) -> bool:
    """Make a course's badges those of an outline; what is equal already stays.

    What changes becomes the course's own, in a new version where its words or its rule
    change; what the outline has not is retired, and awards stay. Hold the course's
    lock. Returns whether anything was written.
    """
    if after.badges is None:
        return False
    ours, theirs = before.by_key, after.by_key
    changed = [theirs[key] for key in changed_keys(before, after) if key in theirs]
    gone = ours.keys() - theirs.keys()
    if not changed and not gone:
        return False
    known = put_badges(session, context.id, changed, now)
    for key in gone:
        badge, _ = known[key]
        badge.state, badge.origin = "retired", OWN
    _quieten(session, context.id, after, {entry.key for entry in changed})
    return True


def put_badges(
    session: Session, context_id: int, entries: Sequence[Entry], now: datetime
) -> dict[str, Kept]:
    """Make a course's badges of these keys what they are in an outline.

    Each becomes the course's own, in a new version where its words or its rule change.
    Hold the course's lock. Returns all badges the course ever had, as they were known.
    """
    known = _made(session, context_id, entries)
    written = [(entry, *known[entry.key]) for entry in entries]
    for entry, badge, _ in written:
        _put(badge, entry, now)
    _reword(session, [one for one in written if _is_reworded(one[0], one[2])], now)
    return known


def without_room(session: Session, context_id: int, keys: Iterable[str]) -> list[str]:
    """Return the badges that would be too many for a course, by their keys.

    As when they are saved one by one, those that it has retired have their place.
    """
    ours = sa.select(Badge.key).where(Badge.context_id == context_id)
    ever = {*session.scalars(ours)}
    new = [key for key in keys if key not in ever]
    return new[max(0, MOST_BADGES - len(ever)) :]


def changed_keys(before: Outline, after: Outline) -> list[str]:
    """Return the keys of the badges that are not the same in both."""
    ours, theirs = before.by_key, after.by_key
    if after.badges is None:
        return []
    keys = sorted(ours.keys() | theirs.keys())
    return [key for key in keys if not _same(ours.get(key), theirs.get(key))]


def _same(before: Entry | None, after: Entry | None) -> bool:
    if before is None or after is None or before.words != after.words:
        return False
    ours, theirs = (
        (one.state, one.position, one.definition.policy, one.source)
        for one in (before, after)
    )
    return ours == theirs


def _put(badge: Badge, entry: Entry, now: datetime) -> None:
    is_held = entry.state == HELD
    badge.state = ACTIVE if is_held else entry.state
    badge.held_at = (badge.held_at or now) if is_held else None
    badge.position, badge.policy = entry.position, entry.definition.policy
    badge.origin = OWN
    badge.source = dict(entry.source) if entry.source else None


def _quieten(
    session: Session, context_id: int, after: Outline, changed: set[str]
) -> None:
    """Let nobody be told of what the past gives by these badges, and because of them."""
    asked = {
        key: {*entry.definition.criterion.prerequisites}
        for key, entry in after.by_key.items()
    }
    reached, more = set(changed), set(changed)
    while more:
        more = {key for key, others in asked.items() if more & others} - reached
        reached |= more
    ours = sa.select(Badge.id).where(
        Badge.context_id == context_id, Badge.key.in_(reached)
    )
    session.execute(
        sa.update(BadgeVersion)
        .where(BadgeVersion.badge_id.in_(ours), BadgeVersion.retired_at.is_(None))
        .values(quiet=True)
    )


def _made(
    session: Session, context_id: int, entries: Sequence[Entry]
) -> dict[str, Kept]:
    """Return all badges a course ever had, and those of entries that were missing."""
    known = known_badges(session, context_id)
    missing = [entry.key for entry in entries if entry.key not in known]
    if not missing:
        return known
    rows = [{"context_id": context_id, "key": key} for key in missing]
    session.execute(sa.insert(Badge), rows)
    return known_badges(session, context_id)


def known_badges(session: Session, context_id: int) -> dict[str, Kept]:
    """Return all badges a course ever had, by key, each with its version of today."""
    active = sa.and_(
        BadgeVersion.badge_id == Badge.id, BadgeVersion.retired_at.is_(None)
    )
    rows = session.execute(
        sa.select(Badge, BadgeVersion)
        .outerjoin(BadgeVersion, active)
        .where(Badge.context_id == context_id)
        .execution_options(populate_existing=True)
    )
    return {badge.key: (badge, version) for badge, version in rows}


def _is_reworded(entry: Entry, version: BadgeVersion | None) -> bool:
    words = entry.words
    return not version or any(getattr(version, name) != words[name] for name in words)


def _reword(
    session: Session,
    written: Sequence[tuple[Entry, Badge, BadgeVersion | None]],
    now: datetime,
) -> None:
    for _, _, version in written:
        if version:
            version.retired_at = now
    # One active version a badge: the old ones must go before the new ones come.
    session.flush()
    rows = [
        {
            "badge_id": badge.id,
            "number": version.number + 1 if version else 1,
            "created_at": now,
            **entry.words,
        }
        for entry, badge, version in written
    ]
    if rows:
        session.execute(sa.insert(BadgeVersion), rows)
