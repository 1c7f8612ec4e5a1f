"""Whom a badge can be given, and which badges there are to give."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.people import RANKED
from models import Badge, BadgeVersion, Context, Membership, User, UserIdentity


@dataclass(frozen=True)
class Person:
    """A member of the course."""

    membership_id: int
    is_ranked: bool


@dataclass(frozen=True)
class Offer:
    """A badge of the course, and its version of today."""

    badge_id: int
    state: str
    version_id: int
    valid_days: int | None


def people_of(
    session: Session, context: Context, names: Collection[str]
) -> dict[str, Person]:
    """Find people of a course by our id or by the platform's, in two questions."""
    columns = (Membership.id, sa.and_(*RANKED))
    ours = (
        sa.select(User.public_id, *columns)
        .join(User, User.id == Membership.user_id)
        .where(Membership.context_id == context.id, User.public_id.in_(names))
    )
    found = {name: Person(*rest) for name, *rest in _rows(session, ours)}
    rest = set(names) - found.keys()
    if rest:
        theirs = (
            sa.select(UserIdentity.sub, *columns)
            .join(UserIdentity, UserIdentity.user_id == Membership.user_id)
            .where(
                Membership.context_id == context.id,
                UserIdentity.registration_id == context.registration_id,
                UserIdentity.sub.in_(rest),
            )
        )
        found |= {name: Person(*rest) for name, *rest in _rows(session, theirs)}
    return found


def offers_of(session: Session, context: Context) -> dict[str, Offer]:
    """Return the badges of a course by their keys, in the catalog's order."""
    held = (Badge.state == "active") & Badge.held_at.is_not(None)
    rows = _rows(
        session,
        sa.select(
            *(Badge.key, Badge.id, sa.case((held, "held"), else_=Badge.state)),
            *(BadgeVersion.id, BadgeVersion.valid_days),
        )
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context.id, BadgeVersion.retired_at.is_(None))
        .order_by(Badge.position, Badge.id),
    )
    return {key: Offer(*rest) for key, *rest in rows}


def _rows(session: Session, query: sa.Select[*tuple[Any, ...]]) -> Iterable[Any]:
    return session.execute(query)
