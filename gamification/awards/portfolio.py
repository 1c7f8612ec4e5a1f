"""One person's badges, course by course: for whoever may ask about others."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from gamification.awards.holding import BadgeRoster, badges_for
from gamification.switches import switch_of
from models import Context, Deployment, Membership, Registration, Tenant, User

OPEN = (Registration.state == "active", Deployment.state == "active")
"""A platform that launches, and a place of it that does."""


@dataclass(frozen=True)
class CourseRoster:
    """A course, and a person's badges in it."""

    context: Context
    roster: BadgeRoster


def is_tenant(session: Session, key: str) -> bool:
    """Tell whether there is a tenant of this key."""
    return session.scalar(sa.select(Tenant.id).where(Tenant.key == key)) is not None


def course_of(session: Session, tenant: str, public_id: str) -> Context | None:
    """Return a course of a tenant, by the tenant's key and the course's public id.

    One whose platform was disabled, or its place in it, is as if it were not there.
    """
    return session.scalar(
        sa.select(Context)
        .join(Context.tenant)
        .join(Context.registration)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Tenant.key == tenant, Context.public_id == public_id, *OPEN)
        .options(contains_eager(Context.tenant))
    )


def portfolio(
    session: Session, tenant: str, user_id: str, now: datetime, *, environment: bool
) -> list[CourseRoster] | None:
    """Return a person's badges in each of their courses, or None for a stranger.

    `tenant` is its key and `user_id` our public one. A person of another tenant is
    a stranger: whether they exist is not told.
    """
    person = session.scalar(
        sa.select(User)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(User.public_id == user_id, Tenant.key == tenant)
    )
    if person is None:
        return None
    memberships = session.scalars(
        sa.select(Membership)
        .join(Membership.context)
        .join(Context.registration)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(
            Membership.user_id == person.id,
            Context.tenant_id == person.tenant_id,
            *OPEN,
        )
        .options(contains_eager(Membership.context).options(joinedload(Context.tenant)))
        .order_by(Context.id)
    )
    return [
        CourseRoster(
            member.context,
            badges_for(
                session,
                member,
                now,
                switch=switch_of(member.context, environment=environment),
            ),
        )
        for member in memberships.all()
    ]
