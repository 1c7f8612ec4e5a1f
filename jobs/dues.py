"""What a platform's gradebook has not heard of: courses, and scores in one of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gamification.awards import shares
from gamification.metrics.people import RANKED
from jobs.freshness import SCORES
from lti.scores import MILLIONTHS
from models import (
    Award,
    Context,
    Membership,
    PublishedScore,
    Registration,
    ScoreItem,
    SyncState,
    Tenant,
    UserIdentity,
)

COURSES_AT_ONCE = 200
REST_AFTER_NO = timedelta(days=1)
"""A platform may take later what it refused: Canvas does once all is published."""


@dataclass(frozen=True)
class Due:
    """A score that a line item does not have yet."""

    context_id: int
    item_id: int
    url: str
    membership_id: int
    sub: str
    given: int
    maximum: int
    before: datetime | None
    """The timestamp of the last score that was sent."""

    @property
    def place(self) -> tuple[int, int]:
        """In which line item it is, and whose."""
        return self.item_id, self.membership_id


def due_scores(
    session: Session,
    context_id: int,
    now: datetime,
    *,
    refused_until: datetime,
    once_more: Collection[tuple[int, int]] = (),
) -> Iterator[Due]:
    """Yield the scores of a course that differ from what was sent last.

    Whoever has no badge yet has no mark yet, and no zero; whoever lost the last one
    has. A mark that was refused is due when it changes, and as it is where that was
    at `refused_until` or before. One that came too late is due when it changes, and
    as it is in the places `once_more`: anywhere else a later try would overwrite what
    the platform keeps.
    """
    held, total = shares(session, context_id, now)
    if not total:
        return
    for item, member, sub, last in session.execute(_SENT, {"course": context_id}):
        mark = (held.get(member, 0) * MILLIONTHS, total * MILLIONTHS)
        if last is None and not mark[0]:
            continue
        is_same = last is not None and (last.given, last.maximum) == mark
        before = last.scored_at if last else None
        due = Due(context_id, item.id, item.url, member, sub, *mark, before)
        is_again = due.place in once_more
        if not is_same or _is_open(last, refused_until, is_again=is_again):
            yield due


def outdone_scores(session: Session, context_id: int) -> int:
    """Return how many marks of a course stay unsent: the platform has later ones."""
    query = _SENT.where(PublishedScore.state == "late").order_by(None)
    counted = query.with_only_columns(sa.func.count(PublishedScore.id))
    return session.execute(counted, {"course": context_id}).scalar_one()


def _is_open(
    last: PublishedScore | None, refused_until: datetime, *, is_again: bool
) -> bool:
    """Tell whether a mark that did not arrive is tried again though it is the same."""
    if last is None or last.state == "accepted":
        return False
    return is_again if last.state == "late" else last.scored_at <= refused_until


def due_courses(moment: datetime) -> sa.Select[int]:
    """Select the courses that send scores and have news, or had no look for an hour."""
    sends = sa.exists().where(
        ScoreItem.context_id == Context.id, ScoreItem.gone_at.is_(None)
    )
    is_rested = sa.or_(
        SyncState.next_attempt_at.is_(None), SyncState.next_attempt_at <= moment
    )
    return (
        sa.select(Context.id)
        .join(Tenant, Tenant.id == Context.tenant_id)
        .join(Registration, Registration.id == Context.registration_id)
        .outerjoin(
            SyncState,
            sa.and_(SyncState.context_id == Context.id, SyncState.source == SCORES),
        )
        .where(Context.enabled, Tenant.enabled, Registration.state == "active")
        .where(sends, sa.or_(is_rested, _has_news(moment)))
        .order_by(Context.id)
        .limit(COURSES_AT_ONCE)
    )


def _has_news(moment: datetime) -> sa.ColumnElement[bool]:
    """Hold where an award came or went since a try that ended well began.

    One whose time is over has gone, whether anybody has written that down or not.
    """
    since = SyncState.attempted_at
    ours = Award.context_id == Context.id
    changed = sa.exists().where(
        ours, sa.or_(Award.granted_at >= since, Award.ended_at >= since)
    )
    # By itself, so that it is read from the index of the few awards that expire.
    expired = sa.exists().where(
        ours,
        Award.ended_at.is_(None),
        Award.expires_at >= since,
        Award.expires_at <= moment,
    )
    return sa.and_(SyncState.succeeded_at >= since, sa.or_(changed, expired))


# Who was merged has several ids on one platform: it knows the newest.
_newer = aliased(UserIdentity)
_IS_NEWEST = ~sa.exists().where(
    _newer.user_id == UserIdentity.user_id,
    _newer.registration_id == UserIdentity.registration_id,
    _newer.id > UserIdentity.id,
)

# Each line item with each learner of its course, and what they were sent last.
_SENT: sa.Select[ScoreItem, int, str, PublishedScore | None] = (
    sa.select(ScoreItem, Membership.id, UserIdentity.sub, PublishedScore)
    .select_from(ScoreItem)
    .join(Context, Context.id == ScoreItem.context_id)
    .join(Membership, Membership.context_id == Context.id)
    .join(
        UserIdentity,
        sa.and_(
            UserIdentity.user_id == Membership.user_id,
            UserIdentity.registration_id == Context.registration_id,
            _IS_NEWEST,
        ),
    )
    .outerjoin(
        PublishedScore,
        sa.and_(
            PublishedScore.score_item_id == ScoreItem.id,
            PublishedScore.membership_id == Membership.id,
        ),
    )
    .where(Context.id == sa.bindparam("course"), ScoreItem.gone_at.is_(None), *RANKED)
    .order_by(ScoreItem.id, Membership.id)
)
