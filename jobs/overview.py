"""Which courses there are to synchronise, for the operator."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from gamification.metrics.cursors import cursor_of, place_of
from gamification.switches import switch_of
from jobs.freshness import (
    Freshness,
    SourceFreshness,
    freshness,
    freshness_of_scores,
)
from jobs.settings import settings
from models import Context, Tenant

LIST = "known_courses"


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


@dataclass(frozen=True)
class Known:
    """A course in a line."""

    id: str
    lti_id: str
    """The platform's id of it."""
    tenant: str
    """The organisation's key."""
    title: str
    is_on: bool
    """All three switches say so."""


@dataclass(frozen=True)
class KnownPage:
    rows: list[Known]
    next: str | None


def known_courses(
    session: Session, tenant: str | None, *, after: str | None, limit: int
) -> KnownPage:
    """Return a page of the courses of a tenant, or of all, tenant by tenant.

    One query. Raises BadCursor.
    """
    query = (
        sa.select(Context)
        .join(Context.tenant)
        .options(contains_eager(Context.tenant))
        .order_by(Context.tenant_id, Context.id)
    )
    if tenant is not None:
        query = query.where(Tenant.key == tenant)
    if after is not None:
        place = sa.tuple_(Context.tenant_id, Context.id)
        query = query.where(place > place_of(LIST, after, int, int))
    found = session.scalars(query.limit(limit + 1)).all()
    shown = found[:limit]
    more = None
    if len(found) > limit:
        more = cursor_of(LIST, shown[-1].tenant_id, shown[-1].id)
    return KnownPage(list(map(_known, shown)), more)


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


def _known(context: Context) -> Known:
    environment = settings().gamification_enabled
    return Known(
        context.public_id,
        context.lti_id,
        context.tenant.key,
        context.title or context.label,
        switch_of(context, environment=environment).on,
    )
