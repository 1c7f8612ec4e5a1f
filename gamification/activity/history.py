"""What one member did and was awarded, in one list: for that member alone."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.log import FactRow, facts_of, row_of
from gamification.awards.history import AwardRow, own_awards
from gamification.metrics.cursors import cursor_of, place_of
from models import Contribution, Membership

LIST = "history"
EVENT, AWARD = 0, 1
"""What comes first of the same moment, read from the newest: the award."""


@dataclass(frozen=True)
class Happened:
    """Something that was done, or a badge that was awarded."""

    at: datetime
    event: FactRow | None
    award: AwardRow | None


@dataclass(frozen=True)
class HistoryPage:
    rows: list[Happened]
    next: str | None


_Placed = tuple[tuple[datetime, int, int], Happened]


def history_of(
    session: Session,
    member: Membership,
    now: datetime,
    *,
    after: str | None = None,
    limit: int = 50,
) -> HistoryPage:
    """Return a page of what a member did, as it counts now, and of all their awards.

    What happened last comes first. Two queries. Raises BadCursor.
    """
    place = None
    if after is not None:
        place = place_of(LIST, after, datetime, int, int)
    found = [
        *_events(session, member, place, limit + 1),
        *_awards(session, member, now, (place, limit + 1)),
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    shown = found[:limit]
    following = cursor_of(LIST, *shown[-1][0]) if len(found) > limit else None
    return HistoryPage([happened for _, happened in shown], following)


def _events(
    session: Session, member: Membership, place: sa.Tuple | None, limit: int
) -> list[_Placed]:
    query = facts_of(member).where(Contribution.superseded_at.is_(None))
    here = sa.tuple_(Contribution.occurred_at, sa.literal(EVENT), Contribution.id)
    if place is not None:
        query = query.where(here < place)
    newest = query.order_by(Contribution.occurred_at.desc(), Contribution.id.desc())
    return [
        (
            (found[0].occurred_at, EVENT, found[0].id),
            Happened(found[0].occurred_at, row_of(found), None),
        )
        for found in session.execute(newest.limit(limit))
    ]


def _awards(
    session: Session,
    member: Membership,
    now: datetime,
    page: tuple[sa.Tuple | None, int],
) -> list[_Placed]:
    place, limit = page
    return [
        ((row.granted_at, AWARD, id_), Happened(row.granted_at, None, row))
        for id_, row in own_awards(session, member, now, (AWARD, place), limit)
    ]
