"""What a member is told: the newest first, and each thing as it is now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, Badge, BadgeVersion, Membership, Notification


class BadCursor(ValueError):
    """A cursor is not one of ours."""


@dataclass(frozen=True)
class BadgeNews:
    """A badge that a piece of news is about."""

    award: str
    """Our id of the award."""
    key: str
    label: str
    icon: str
    expires_at: datetime | None


@dataclass(frozen=True)
class MilestoneNews:
    """A milestone that was reached."""

    kind: str
    value: int


@dataclass(frozen=True)
class BestNews:
    """What one has never done better."""

    kind: str
    value: int


Subject = BadgeNews | MilestoneNews | BestNews


@dataclass(frozen=True, kw_only=True)
class NewsItem:
    """A piece of news: of one change, or of many that came together."""

    id: str
    kind: str
    created_at: datetime
    seen: bool
    count: int
    subjects: Sequence[Subject]
    """What it is about, in the order in which it came."""


@dataclass(frozen=True)
class NewsPage:
    items: list[NewsItem]
    next: str | None
    unseen: int
    """How many pieces of news nobody has looked at, on this page or on others."""


def news_of(
    session: Session, member: Membership, *, after: str | None = None, limit: int = 20
) -> NewsPage:
    """Return a page of a member's news; a handful of questions, however many there are.

    Raises BadCursor when `after` is not one.
    """
    found = session.execute(_bundles(member, after, limit + 1)).all()
    shown = found[:limit]
    subjects = _subjects(session, member, [row.bundle for row in shown])
    items = [
        NewsItem(
            id=str(row.last),
            kind=row.kind,
            created_at=row.created_at,
            seen=row.seen == row.changes,
            count=row.changes,
            subjects=subjects[row.bundle],
        )
        for row in shown
    ]
    more = len(found) > limit
    return NewsPage(items, items[-1].id if more else None, _unseen(session, member))


def mark_seen(
    session: Session, member: Membership, now: datetime, until: int | None = None
) -> int:
    """Note that a member has seen their news up to an id; return what is left.

    What came after they looked is still new to them.
    """
    seen = sa.update(Notification).where(
        Notification.membership_id == member.id, Notification.seen_at.is_(None)
    )
    if until is not None:
        seen = seen.where(Notification.id <= until)
    session.execute(
        seen.values(seen_at=now).execution_options(synchronize_session=False)
    )
    return _unseen(session, member)


def _bundles(
    member: Membership, after: str | None, limit: int
) -> sa.Select[*tuple[Any, ...]]:
    last = sa.func.max(Notification.id)
    query = (
        sa.select(
            Notification.bundle,
            Notification.kind,
            last.label("last"),
            sa.func.min(Notification.created_at).label("created_at"),
            sa.func.count().label("changes"),
            sa.func.count(Notification.seen_at).label("seen"),
        )
        .where(Notification.membership_id == member.id)
        .group_by(Notification.bundle, Notification.kind)
    )
    if after is not None:
        query = query.having(last < place_of(after))
    return query.order_by(last.desc()).limit(limit)


def place_of(word: str) -> int:
    """Return the place that a cursor names; raises BadCursor where it names none."""
    if not (word.isascii() and word.isdecimal() and len(word) < 19):
        raise BadCursor("This cursor cannot be read.")
    return int(word)


def _unseen(session: Session, member: Membership) -> int:
    bundles = sa.func.count(sa.distinct(Notification.bundle))
    query = sa.select(bundles).where(
        Notification.membership_id == member.id, Notification.seen_at.is_(None)
    )
    return session.scalar(query) or 0


def _subjects(
    session: Session, member: Membership, bundles: Sequence[str]
) -> Mapping[str, list[Subject]]:
    rows = session.execute(
        sa.select(Notification.bundle, Notification.subject)
        .where(
            Notification.membership_id == member.id, Notification.bundle.in_(bundles)
        )
        .order_by(Notification.id)
    ).all()
    badges = _badges(session, member, [row.subject for row in rows])
    subjects: dict[str, list[Subject]] = defaultdict(list)
    for bundle, subject in rows:
        found = _subject(subject, badges)
        if found is not None:
            subjects[bundle].append(found)
    return subjects


def _subject(
    subject: Mapping[str, Any], badges: Mapping[int, BadgeNews]
) -> Subject | None:
    if "award" in subject:
        return badges.get(subject["award"])
    if "milestone" in subject:
        return MilestoneNews(subject["milestone"], subject["value"])
    return BestNews(subject["best"], subject["value"])


def _badges(
    session: Session, member: Membership, subjects: Iterable[Mapping[str, Any]]
) -> dict[int, BadgeNews]:
    awards = {subject["award"] for subject in subjects if "award" in subject}
    rows = session.execute(
        sa.select(
            *(Award.id, Award.public_id, Badge.key),
            *(BadgeVersion.label, BadgeVersion.icon, Award.expires_at),
        )
        .join(Badge, Badge.id == Award.badge_id)
        .join(BadgeVersion, BadgeVersion.id == Award.badge_version_id)
        .where(Award.membership_id == member.id, Award.id.in_(awards))
    )
    return {row[0]: BadgeNews(*row[1:]) for row in rows}
