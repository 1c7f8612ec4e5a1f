"""From an outline to a course's own badges, version by version."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.adoption import OWN
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
    changed = [
        entry for key, entry in theirs.items() if not _same(ours.get(key), entry)
    ]
    gone = ours.keys() - theirs.keys()
    if not changed and not gone:
        return False
    known = _made(session, context.id, changed)
    for key in gone:
        badge, _ = known[key]
        badge.state, badge.origin = "retired", OWN
    written = [(entry, *known[entry.key]) for entry in changed]
    for entry, badge, _ in written:
        badge.position, badge.state = entry.position, entry.state
        badge.policy, badge.origin = entry.definition.policy, OWN
    _reword(session, [one for one in written if _is_reworded(one[0], one[2])], now)
    return True


def _same(before: Entry | None, after: Entry) -> bool:
    if before is None or before.words != after.words:
        return False
    ours = (before.state, before.position, before.definition.policy)
    return ours == (after.state, after.position, after.definition.policy)


def _made(session: Session, context_id: int, entries: list[Entry]) -> dict[str, Kept]:
    """Return all badges a course ever had, and those of entries that were missing."""
    known = _known(session, context_id)
    missing = [entry.key for entry in entries if entry.key not in known]
    if not missing:
        return known
    rows = [{"context_id": context_id, "key": key} for key in missing]
    session.execute(sa.insert(Badge), rows)
    return _known(session, context_id)


def _known(session: Session, context_id: int) -> dict[str, Kept]:
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
            "effective_from": version.effective_from if version else None,
            "created_at": now,
            **entry.words,
        }
        for entry, badge, version in written
    ]
    if rows:
        session.execute(sa.insert(BadgeVersion), rows)
