"""From the catalog to a course's own badges, version by version."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.definitions import Catalog, Definition
from models import Badge, BadgeVersion, Context
from models.locks import lock_course

OWN = "course"


def adopt(session: Session, context: Context, catalog: Catalog, now: datetime) -> bool:
    """Give a course its tenant's badges of the catalog; again changes nothing.

    A changed entry is a new version, a removed one retires its badge; awards stay.
    What could not be read says nothing, so what is known stays: a dropped entry's
    badge, and all of them where the whole catalog or an entry's key is illegible.
    Returns whether it did anything: then somebody may have earned a badge by it.
    """
    catalog = catalog.of(context.tenant.key)
    if not catalog.readable or context.catalog_digest == catalog.digest:
        return False
    lock_course(session, context.id)
    known = _badges_of(session, context.id)
    for position, entry in enumerate(catalog.entries):
        badge, version = known.pop(entry.key, (None, None))
        if badge is None:
            badge = Badge(context_id=context.id, key=entry.key)
            session.add(badge)
        elif badge.origin == OWN:
            # The course's own badge of that name goes first.
            continue
        badge.position, badge.state = position, "active"
        badge.policy, badge.origin = entry.policy, entry.origin
        session.flush()
        _reword(session, badge, version, entry, now)
    for badge, _ in known.values():
        if badge.origin != OWN and catalog.is_without(badge.key):
            badge.state = "retired"
    context.catalog_digest = catalog.digest
    session.flush()
    return True


def _badges_of(
    session: Session, context_id: int
) -> dict[str, tuple[Badge, BadgeVersion | None]]:
    rows = session.execute(
        sa.select(Badge, BadgeVersion)
        .outerjoin(
            BadgeVersion,
            sa.and_(
                BadgeVersion.badge_id == Badge.id, BadgeVersion.retired_at.is_(None)
            ),
        )
        .where(Badge.context_id == context_id)
        # Another writer may have adopted it while we waited for the lock.
        .execution_options(populate_existing=True)
    )
    return {badge.key: (badge, version) for badge, version in rows}


def _reword(
    session: Session,
    badge: Badge,
    version: BadgeVersion | None,
    entry: Definition,
    now: datetime,
) -> None:
    wording = {
        "label": entry.label,
        "icon": entry.icon,
        "description": entry.description,
        "criterion": entry.criterion.to_json(),
        "valid_days": entry.valid_days,
    }
    if version and all(getattr(version, name) == wording[name] for name in wording):
        return
    number, since = 1, None
    if version:
        version.retired_at = now
        # From when facts count is the course's word, not the catalog's.
        number, since = version.number + 1, version.effective_from
        # One active version a badge: the old one must go before the new one comes.
        session.flush()
    made = BadgeVersion(
        badge_id=badge.id,
        number=number,
        created_at=now,
        effective_from=since,
        **wording,
    )
    if version:
        made.quiet, made.ends_unmet = version.quiet, version.ends_unmet
    session.add(made)
