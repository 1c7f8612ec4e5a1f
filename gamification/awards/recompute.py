"""The nightly look at a whole course: its catalog, then everybody's badges."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.evaluation import grant, settle
from gamification.catalog import Catalog, adopt
from gamification.metrics import contributors
from gamification.switches import switch_of
from models import Award, Context, Tenant


@dataclass(frozen=True)
class Recomputed:
    """What a recompute found and really inserted."""

    contributors: int = 0
    badges_awarded: int = 0

    def __add__(self, other: "Recomputed") -> "Recomputed":
        return Recomputed(
            self.contributors + other.contributors,
            self.badges_awarded + other.badges_awarded,
        )


def courses_on(session: Session, tenant: Tenant, *, environment: bool) -> list[int]:
    """Return the ids of a tenant's courses whose three switches are on."""
    if not (environment and tenant.enabled):
        return []
    query = sa.select(Context.id).where(Context.tenant_id == tenant.id, Context.enabled)
    return list(session.scalars(query.order_by(Context.id)))


def recompute(
    session: Session,
    context: Context,
    now: datetime,
    *,
    catalog: Catalog,
    environment: bool,
) -> Recomputed:
    """Adopt the catalog and award everything that is earned in one course.

    Awards nothing while a switch is off, and tells nobody: what was missed is made
    up for. The memory it takes does not grow with
    the course: all of it happens inside the database. The edge commits, course
    by course, or rolls back what was only a trial.
    """
    if not switch_of(context, environment=environment).on:
        return Recomputed()
    adopt(session, context, catalog, now)
    look = grant(session, context.id, now, silent=True)
    if look.has_first:
        settle(session, context.id)
    new = sa.select(sa.func.count()).where(Award.context_id == context.id, look.is_new)
    return Recomputed(contributors(session, context.id), session.scalars(new).one())
