"""Which courses there are to synchronise, for the operator."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gamification.switches import switch_of
from jobs.freshness import (
    Freshness,
    SourceFreshness,
    freshness,
    freshness_of_scores,
)
from jobs.settings import settings
from models import Context, Tenant


@dataclass(frozen=True)
class Overview:
    """One course, whether it is on, and how fresh it is."""

    context_id: int
    name: str
    """Its tenant's key, our id and its title."""
    off_by: tuple[str, ...]
    freshness: Freshness
    scores: SourceFreshness | None
    """How sending scores went; None where nothing takes any."""


def overview(
    session: Session, tenant: str | None = None, course: str | None = None
) -> list[Overview]:
    """Return the courses of a tenant, or of all; or the one of this id.

    An id is ours or the platform's, which several platforms may share.
    """
    query = (
        sa.select(Context)
        .join(Tenant, Tenant.id == Context.tenant_id)
        .options(joinedload(Context.tenant))
        .order_by(Tenant.key, Context.id)
    )
    if tenant is not None:
        query = query.where(Tenant.key == tenant)
    if course is not None:
        query = query.where(
            sa.or_(Context.public_id == course, Context.lti_id == course)
        )
    return [_overview(session, context) for context in session.scalars(query)]


def _overview(session: Session, context: Context) -> Overview:
    environment = settings().gamification_enabled
    return Overview(
        context.id,
        f"{context.tenant.key} {context.public_id} {context.title or context.lti_id}",
        switch_of(context, environment=environment).off_by,
        freshness(session, context),
        freshness_of_scores(session, context),
    )
