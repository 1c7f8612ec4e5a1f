"""What one member has of every badge's rule: flat ones in one query, trees in two more."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame, Measured, Ruled, frame_of, measured
from gamification.awards.progress import Have
from gamification.awards.rules import (
    COURSE,
    MOMENT,
    counts_towards,
    past_awards,
)
from gamification.catalog import Criterion
from gamification.catalog.definitions import KEY
from gamification.catalog.rules import BadRule
from gamification.metrics import METRICS
from gamification.metrics.awarded import is_open
from models import (
    Award,
    Badge,
    BadgeVersion,
    Contribution,
    Earned,
    Membership,
    Notification,
)
from models.activity import LAUNCHED

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """A badge that a member may see, and what they have of what it asks."""

    badge: Badge
    version: BadgeVersion
    granted_at: datetime | None
    visited_at: datetime | None
    """The visit before the one that looks; empty if that is the first, or none does."""
    has_news: bool
    """The member was told of the award, and has not said that they saw it."""
    barred: bool
    criterion: Criterion
    haves: tuple[Have, ...] = ()
    """What the member has of each condition, from left to right."""

    @property
    def key(self) -> str:
        return self.badge.key


@dataclass(frozen=True)
class Looks:
    """Every badge that a member may see, in the catalog's order."""

    seen: list[Seen]
    labels: Mapping[str, str]
    """What people call the items that rules name, by key."""


def look_at(
    session: Session,
    member: Membership,
    now: datetime,
    *,
    badge: Badge | None = None,
    visit: datetime | None = None,
) -> Looks:
    """Ask for all badges of a member's course, or one: one query, or three with trees."""
    question = MEASURED if badge is None else MEASURED.where(Badge.id == badge.id)
    seen = list(_seen(session, member, now, question, visit))
    return _with_trees(session, member, now, seen)


def look_back(
    session: Session,
    member: Membership,
    now: datetime,
    key: str,
    visit: datetime | None,
) -> Looks:
    """Ask as `look_at` does, and for the badge of a key even where it is retired.

    That one only where the member ever had an award of it.
    """
    if not KEY.fullmatch(key):
        # No badge has it. PostgreSQL takes no NUL in a text, not even to look for it.
        return look_at(session, member, now, visit=visit)
    question = MEASURED_BACK.params(once_had=key)
    seen = list(_seen(session, member, now, question, visit))
    return _with_trees(session, member, now, seen)


def _with_trees(
    session: Session, member: Membership, now: datetime, seen: list[Seen]
) -> Looks:
    """Fill in what a member has of rules that are trees; without one, ask nothing."""
    trees = [one for one in seen if not one.criterion.is_flat]
    if not trees:
        return Looks(seen, {})
    criteria = [one.criterion for one in trees]
    frame = frame_of(session, member.context, now, criteria, [member.id])
    haves = _haves(session, trees, frame)
    labels = {**frame.labels, **{f"badge:{s.key}": s.version.label for s in seen}}
    counted = [
        replace(
            one,
            haves=haves.get(one.badge.id, one.haves),
            criterion=one.criterion.filled(frame.sets),
        )
        for one in seen
    ]
    return Looks(counted, labels)


def _haves(
    session: Session, trees: Sequence[Seen], frame: Frame
) -> dict[int, tuple[Have, ...]]:
    """Ask what one member has of all conditions of all trees, in one query."""
    asked = {one.badge.id: measured(_ruled(one), frame) for one in trees}
    found = {
        badge: tuple(Have(part.by_nothing, 0) for part in one.parts)
        for badge, one in asked.items()
    }
    widest = max(len(one.parts) for one in asked.values())
    if not widest:
        return found
    questions = [
        _padded(badge, one, widest) for badge, one in asked.items() if one.parts
    ]
    for badge, *columns in session.execute(sa.union_all(*questions)):
        pairs = zip(columns[::2], columns[1::2], strict=True)
        haves = [Have(bool(met), shown or 0) for met, shown in pairs]
        found[badge] = tuple(haves[: len(asked[badge].parts)])
    return found


def _padded(badge_id: int, one: Measured, widest: int) -> sa.Select[*tuple[Any, ...]]:
    rows = one.query.subquery()
    _, *columns = rows.c
    zeros = [sa.literal(0)] * (2 * widest - len(columns))
    return sa.select(sa.literal(badge_id), *columns, *zeros)


def _ruled(one: Seen) -> Ruled:
    return Ruled(
        one.criterion,
        one.badge.id,
        one.version.id,
        effective_from=one.version.effective_from,
    )


def _question(
    *more: sa.ColumnElement[bool],
) -> sa.Select[*tuple[Any, ...]]:
    """Ask for a course's badges, one member's awards and all their metrics.

    Those that can be earned or that the member has, and `more`.
    """
    person = sa.bindparam("person", type_=Award.membership_id.type)
    mine = sa.and_(
        Award.badge_id == Badge.id, Award.membership_id == person, is_open(MOMENT)
    )
    past = past_awards(COURSE, MOMENT, [person])
    barred = sa.func.coalesce(past.c.barred, 0)
    asides = (_last_visit(person), _has_news(person))
    return (
        sa.select(Badge, BadgeVersion, Award.granted_at, *asides, barred, *_METRICS)
        .join(
            BadgeVersion,
            sa.and_(
                BadgeVersion.badge_id == Badge.id, BadgeVersion.retired_at.is_(None)
            ),
        )
        .outerjoin(Award, mine)
        .outerjoin(past, past.c.badge_id == Badge.id)
        .outerjoin(
            Earned, sa.and_(Earned.membership_id == person, counts_towards(past))
        )
        .where(
            Badge.context_id == COURSE,
            sa.or_(Badge.state == "active", Award.id.is_not(None), *more),
        )
        .group_by(Badge.id, BadgeVersion.id, Award.id, past.c.barred)
        .order_by(Badge.state == "retired", Badge.position, Badge.id)
    )


def _once_had() -> sa.ColumnElement[bool]:
    """Hold for a retired badge of a key that the member has had: any end is an award."""
    person = sa.bindparam("person", type_=Award.membership_id.type)
    had = sa.exists().where(Award.badge_id == Badge.id, Award.membership_id == person)
    return sa.and_(
        Badge.key == sa.bindparam("once_had", type_=Badge.key.type),
        Badge.state == "retired",
        had.correlate(Badge),
    )


def _last_visit(person: sa.BindParameter[int]) -> sa.ScalarSelect[datetime]:
    """Ask when a member came before the visit that looks, if they did."""
    visit = sa.bindparam("visit", type_=Contribution.occurred_at.type)
    return (
        sa.select(sa.func.max(Contribution.occurred_at))
        .where(
            Contribution.membership_id == person,
            LAUNCHED,
            Contribution.occurred_at < visit,
        )
        .scalar_subquery()
    )


def _has_news(person: sa.BindParameter[int]) -> sa.ColumnElement[bool]:
    """Ask whether a member was told of an award and has not said that they saw it."""
    return (
        sa.exists()
        .where(
            Notification.membership_id == person,
            Notification.key
            == sa.literal("award:", sa.Text) + sa.cast(Award.id, sa.Text),
            Notification.seen_at.is_(None),
        )
        .correlate(Award)
    )


_METRICS = [metric.column.label(name) for name, metric in METRICS.items()]
# Asked at every launch, so it is put together once.
MEASURED = _question()
MEASURED_BACK = _question(_once_had())


def _seen(
    session: Session,
    member: Membership,
    now: datetime,
    question: sa.Select[*tuple[Any, ...]],
    visit: datetime | None,
) -> Iterator[Seen]:
    moments = {"moment": now, "visit": visit}
    asked = {"course": member.context_id, "person": member.id, **moments}
    for row in session.execute(question, asked):
        badge, version, granted_at, visited_at, has_news, barred, *sums = row
        values = dict(zip(METRICS, sums, strict=True))
        try:
            criterion = Criterion.from_json(version.criterion)
        except BadRule as bad:
            # A newer Laurel may have written it.
            log.warning("badge %d left out: %.200s", badge.id, bad)
            continue
        haves: tuple[Have, ...] = ()
        if criterion.is_flat:
            # Whole numbers of one unit, as the statement that awards compares them.
            value = values[criterion.metric]
            haves = (Have(value >= criterion.needed, value),)
        award = (granted_at, visited_at, bool(has_news), bool(barred))
        yield Seen(badge, version, *award, criterion, haves)
