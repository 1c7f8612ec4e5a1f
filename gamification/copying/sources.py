"""The earlier courses of which a teacher may take the rules: their own, and now."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.adoption import OWN
from models import Badge, Context, CopyProposal, Membership

MOST = 200
TEACHING = ("instructor", "admin")


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
    proposed = sa.func.coalesce(CopyProposal.state == "proposed", sa.false())
    own = (
        sa.select(sa.func.count())
        .where(Badge.context_id == Context.id, Badge.origin == OWN)
        .where(Badge.state != "retired")
        .scalar_subquery()
    )
    query = (
        sa.select(Context.public_id, Context.title, Context.label, own, proposed)
        .join(Membership, Membership.context_id == Context.id)
        .outerjoin(
            CopyProposal,
            (CopyProposal.source_id == Context.id)
            & (CopyProposal.context_id == member.context_id),
        )
        .where(*_taught(member))
        .order_by(proposed.desc(), Context.created_at.desc(), Context.id.desc())
        .limit(limit)
    )
    return [Source(*row) for row in session.execute(query)]


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


def _taught(member: Membership) -> Collection[sa.ColumnElement[bool]]:
    return (
        Membership.user_id == member.user_id,
        Membership.status == "active",
        Membership.role.in_(TEACHING),
        Context.id != member.context_id,
        Context.tenant_id == member.user.tenant_id,
    )
