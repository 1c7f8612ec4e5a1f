"""The earlier courses of which a teacher may take the rules: their own, and now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.adoption import OWN
from models import Badge, Context, CopyProposal, Membership

MOST = 200
TEACHING = ("instructor", "admin")
PROPOSED = sa.func.coalesce(CopyProposal.state == "proposed", sa.false())
OWN_BADGES = (
    sa.select(sa.func.count())
    .where(Badge.context_id == Context.id, Badge.origin == OWN)
    .where(Badge.state != "retired")
    .correlate(Context)
    .scalar_subquery()
)


@dataclass(frozen=True)
class Source:
    """A course whose rules may be taken."""

    id: str
    title: str
    label: str
    badges: int
    """How many badges are its own; those of the catalog are everywhere."""
    proposed: bool
    """The platform says that this course is a copy of it, and nobody decided yet."""


def sources_of(session: Session, member: Membership, limit: int = MOST) -> list[Source]:
    """Return the other courses that a teacher teaches now, the newest first.

    What the platform says this one was copied from comes before them.
    """
    taught = _listed(member.context_id).join(
        Membership, Membership.context_id == Context.id
    )
    query = taught.where(*_taught(member)).limit(limit)
    return [Source(*row) for row in session.execute(query)]


def sources_for_operator(session: Session, context: Context) -> list[Source]:
    """Return the other courses of a course's organisation with badges of their own.

    What the platform says this one was copied from comes before them, with any badges.
    """
    query = _listed(context.id).where(
        Context.tenant_id == context.tenant_id,
        Context.id != context.id,
        sa.or_(PROPOSED, OWN_BADGES > 0),
    )
    return [Source(*row) for row in session.execute(query.limit(MOST))]


def find_source(session: Session, member: Membership, course: str) -> Context | None:
    """Return a course that a teacher teaches now, too; any other is not there."""
    query = (
        sa.select(Context)
        .join(Membership, Membership.context_id == Context.id)
        .where(*_taught(member), Context.public_id == course)
    )
    return session.scalars(query).one_or_none()


def proposed_source(session: Session, member: Membership) -> Source | None:
    """Return the course whose rules are proposed to a teacher, if they may take them."""
    first = next(iter(sources_of(session, member, 1)), None)
    return first if first and first.proposed else None


def _listed(context_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Select courses as sources for this one, the proposed first, then the newest."""
    proposal = sa.and_(
        CopyProposal.source_id == Context.id, CopyProposal.context_id == context_id
    )
    return (
        sa.select(Context.public_id, Context.title, Context.label, OWN_BADGES, PROPOSED)
        .outerjoin(CopyProposal, proposal)
        .order_by(PROPOSED.desc(), Context.created_at.desc(), Context.id.desc())
    )


def _taught(member: Membership) -> Collection[sa.ColumnElement[bool]]:
    return (
        Membership.user_id == member.user_id,
        Membership.status == "active",
        Membership.role.in_(TEACHING),
        Context.id != member.context_id,
        Context.tenant_id == member.user.tenant_id,
    )
