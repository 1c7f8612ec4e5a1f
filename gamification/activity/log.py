"""The log as it is read: who did what, when, and who said so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.cursors import cursor_of, place_of
from gamification.metrics.people import named
from models import Contribution, Item, Membership, User

LIST = "events"


@dataclass(frozen=True, kw_only=True)
class FactRow:
    """One fact of the log; scores in millionths of a point."""

    user_id: str
    name: str
    kind: str
    item: str | None
    """The item's key."""
    label: str | None
    status: str
    score: int | None
    maximum: int | None
    seconds: int | None
    attempt: str
    occurred_at: datetime
    recorded_at: datetime
    source: str
    revision: int
    superseded_at: datetime | None
    """When a newer sighting took its place; empty for what counts."""


@dataclass(frozen=True)
class FactPage:
    rows: list[FactRow]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which part of the log: whose, of which kind, in which item, and where to go on."""

    user: str | None = None
    """Our id of a person."""
    kind: str | None = None
    item: str | None = None
    """An item's key."""
    after: str | None = None
    limit: int = 50


def log_of(session: Session, context_id: int, wanted: Wanted) -> FactPage:
    """Return a page of a course's log, what was recorded last first.

    With what was corrected since. One query. Raises BadCursor.
    """
    query = _facts()
    if wanted.user is None:
        query = query.where(Contribution.context_id == context_id)
    else:
        theirs = named(context_id, wanted.user)
        query = query.where(Contribution.membership_id.in_(theirs))
    for column, value in (
        (Contribution.kind, wanted.kind),
        (Item.key, wanted.item),
    ):
        if value is not None:
            query = query.where(column == value)
    place = sa.tuple_(Contribution.recorded_at, Contribution.id)
    if wanted.after is not None:
        query = query.where(place < place_of(LIST, wanted.after, datetime, int))
    newest = query.order_by(Contribution.recorded_at.desc(), Contribution.id.desc())
    found = session.execute(newest.limit(wanted.limit + 1)).all()
    more, shown = len(found) > wanted.limit, found[: wanted.limit]
    last = shown[-1][0] if more else None
    following = cursor_of(LIST, last.recorded_at, last.id) if last else None
    return FactPage([row_of(one) for one in shown], following)


def facts_of(member: Membership) -> sa.Select[*tuple[Any, ...]]:
    """Select a member's facts, with what was corrected and all that a `FactRow` tells.

    Not by their course, too: SQLite would read that one's.
    """
    return _facts().where(Contribution.membership_id == member.id)


def _facts() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Contribution, Item.key, Item.label, Membership.name, User.public_id)
        .join(Membership, Membership.id == Contribution.membership_id)
        .join(User, User.id == Membership.user_id)
        .outerjoin(Item, Item.id == Contribution.item_id)
    )


def row_of(found: Any) -> FactRow:  # noqa: ANN401 -- a row of `_facts`
    """Return a fact as it is told."""
    fact, key, label, name, user_id = found
    return FactRow(
        user_id=user_id,
        name=name,
        kind=fact.kind,
        item=key,
        label=label,
        status=fact.status,
        score=fact.score,
        maximum=fact.maximum,
        seconds=fact.seconds,
        attempt=fact.fact_key.split(":", 2)[-1],
        occurred_at=fact.occurred_at,
        recorded_at=fact.recorded_at,
        source=fact.source,
        revision=fact.revision,
        superseded_at=fact.superseded_at,
    )
